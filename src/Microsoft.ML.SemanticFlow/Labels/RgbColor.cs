// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>A colour of a palette, 8 bits a channel.</summary>
/// <param name="R">Red, 0 to 255.</param>
/// <param name="G">Green, 0 to 255.</param>
/// <param name="B">Blue, 0 to 255.</param>
/// <example>
/// <code>
/// var white = new RgbColor(255, 255, 255);
/// var labels = LabelMaps.CamVid.With(colors: new Dictionary&lt;string, RgbColor> { ["Road"] = white });
/// Console.WriteLine(labels.Classes[3].Color == white);        // prints True
/// </code>
/// </example>
public readonly record struct RgbColor(byte R, byte G, byte B);
