// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>One class of a <see cref="LabelMap"/>; its train id is its position in <see cref="LabelMap.Classes"/>.</summary>
/// <param name="Name">The name shown in tables and reports.</param>
/// <param name="RawId">The id that label files hold and that predictions are written back as; above 255 in files of 16 bits alone.</param>
/// <param name="Color">The colour it is drawn in.</param>
/// <example>
/// <code>
/// LabelClass road = LabelMaps.CamVid.Classes[3];
/// Console.WriteLine($"{road.Name} {road.RawId}");    // prints Road 3
/// </code>
/// </example>
public sealed record LabelClass(string Name, ushort RawId, RgbColor Color);
