// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>The samples of a gray or palette PNG as the file stores them: gray values unscaled, palette indices untranslated.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="BitDepth">Bits a sample: 1, 2, 4, 8 or 16.</param>
/// <param name="IsPalette">Whether the samples are indices into a palette.</param>
/// <param name="Samples">Samples row by row when <paramref name="BitDepth"/> is at most 8; else empty.</param>
/// <param name="WideSamples">Samples row by row when <paramref name="BitDepth"/> is 16; else empty.</param>
/// <param name="Palette">Red, green, blue of each index; empty without a palette.</param>
internal sealed record PngSamples(int Height, int Width, int BitDepth, bool IsPalette, byte[] Samples, ushort[] WideSamples, byte[] Palette);
