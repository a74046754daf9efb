// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>How results are written for machines: indented, camel case; a number that does not exist (a class that never occurs) is null.</summary>
internal static class JsonOutput
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    /// <summary>JSON has no NaN.</summary>
    public static double? Number(double value) => double.IsFinite(value) ? value : null;
}
