// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>A word of a command line that the tool proposes, so that a shell reads it as one.</summary>
internal static partial class CommandWord
{
    /// <summary>The word, in quotes where it needs them.</summary>
    public static string Of(string word) =>
        Plain().IsMatch(word) ? word : OperatingSystem.IsWindows() ? $"\"{word}\"" : $"\"{Special().Replace(word, @"\$0")}\"";

    [GeneratedRegex(@"^[\p{L}\p{N}_./\\:%+=@,~-]+$")]
    private static partial Regex Plain();

    [GeneratedRegex("""["$`\\]""")]
    private static partial Regex Special();
}
