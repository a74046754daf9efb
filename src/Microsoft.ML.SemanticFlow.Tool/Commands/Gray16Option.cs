// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The option that says how 16-bit gray images are read.</summary>
internal static class Gray16Option
{
    public const string Name = "--gray16";

    public const string Description = "How gray PNG images of 16 bits are read: by their upper 8 bits (scale), or from their least value to their greatest (stretch).";

    /// <summary>The option of commands that score, where a model says how it was trained.</summary>
    public static Option<string?> Create()
    {
        var option = new Option<string?>(Name) { Description = $"{Description} [default: as the model was trained]" };
        option.AcceptOnlyFromAmong("scale", "stretch");
        return option;
    }

    public static Gray16? Read(string? word) => word switch { "scale" => Gray16.Scale, "stretch" => Gray16.Stretch, _ => null };
}
