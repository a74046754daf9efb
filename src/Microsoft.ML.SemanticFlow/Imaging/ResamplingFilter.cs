// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>How pixels between pixels are made.</summary>
internal enum ResamplingFilter
{
    /// <summary>The pixel whose area holds the centre; for masks.</summary>
    Nearest,

    /// <summary>A triangle of one pixel to each side, widened when shrinking.</summary>
    Bilinear,

    /// <summary>Keys's cubic with a = -0.5, two pixels to each side, widened when shrinking.</summary>
    Bicubic,
}
