// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Who subtracts the mean from the pixels and divides them by the standard deviation.</summary>
public enum OnnxNormalization
{
    /// <summary>Whoever calls the file: its planes are (pixel / 255 - mean) / std, with the numbers in its metadata.</summary>
    Caller,

    /// <summary>
    /// The graph: its planes are red, green and blue as decoded, float32 from 0 to 255. ML.NET's <c>ExtractPixels</c> gives them as it is, and has
    /// no way to divide each channel by a number of its own.
    /// </summary>
    Graph,
}
