// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Recipes;

/// <summary>How an option stands in a run's fingerprint, where not under its own name.</summary>
/// <param name="name">The name; null leaves the option out, because it does not decide what is learnt or may change when a run goes on.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FingerprintAttribute(string? name) : Attribute
{
    public string? Name { get; } = name;

    /// <summary>Whether the option is an entry of a table, or a list of such, which its own text names.</summary>
    public bool IsEntry { get; init; }

    /// <summary>What stands for null.</summary>
    public string Absent { get; init; } = "auto";
}
