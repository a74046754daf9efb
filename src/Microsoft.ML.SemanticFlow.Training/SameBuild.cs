// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Reflection;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The two libraries share internals, so they must be of one build; the packages pin each other, but files can be mixed all the same.</summary>
/// <remarks>Each public door asks first, and names nothing internal of the other library itself: what is missing there fails when a method that names it is compiled.</remarks>
internal static class SameBuild
{
    private static readonly string? _fault = Fault(typeof(LabelMap).Assembly, typeof(SameBuild).Assembly);

    /// <exception cref="InvalidOperationException">The libraries are of different builds.</exception>
    public static void Ensure()
    {
        if (_fault is not null)
            throw new InvalidOperationException(_fault);
    }

    /// <returns>A sentence; null when both are of one build.</returns>
    internal static string? Fault(Assembly scoring, Assembly training) => Fault(scoring.GetName().Name, Build(scoring), training.GetName().Name, Build(training));

    /// <inheritdoc cref="Fault(Assembly, Assembly)"/>
    internal static string? Fault(string? scoring, string? scoringBuild, string? training, string? trainingBuild) => scoringBuild == trainingBuild
        ? null
        : $"{scoring} is of build {scoringBuild ?? "unknown"} and {training} of build {trainingBuild ?? "unknown"}, which do not work together: " +
            "reference the same version of both packages.";

    // Version and commit.
    private static string? Build(Assembly assembly) => assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
}
