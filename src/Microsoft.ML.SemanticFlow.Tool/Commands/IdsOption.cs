// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>An option such as <c>--ids</c>: whether files hold raw or train ids, or colours.</summary>
internal static class IdsOption
{
    public static Option<string> Create(string description, string name = "--ids", string? otherwise = "raw")
    {
        var option = new Option<string>(name) { Description = description };
        if (otherwise is not null)
            option.DefaultValueFactory = _ => otherwise;
        option.AcceptOnlyFromAmong("raw", "train", "color");
        return option;
    }

    /// <summary>The ids; null when the option is left out and has no default.</summary>
    public static MaskIds? Read(string? value) => value switch
    {
        null => null,
        "raw" => MaskIds.Raw,
        "train" => MaskIds.Train,
        _ => MaskIds.Color, // no other word parses
    };
}
