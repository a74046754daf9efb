// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>The colour of every id a byte can hold; ids without a class get generated colours, 255 is black.</summary>
internal sealed class ColorPalette
{
    private readonly RgbColor[] _colors = new RgbColor[256];

    private ColorPalette()
    {
        for (int id = 0; id < LabelMap.IgnoreId; id++)
            _colors[id] = LabelMap.Generate(id);
    }

    /// <summary>The colours, by id.</summary>
    public ReadOnlySpan<RgbColor> Colors => _colors;

    public RgbColor this[byte id] => _colors[id];

    /// <summary>Colours by train id.</summary>
    /// <param name="labels">The label space; null for generated colours.</param>
    public static ColorPalette ForTrainIds(LabelMap? labels)
    {
        var palette = new ColorPalette();
        for (int id = 0; id < labels?.ClassCount; id++)
            palette._colors[id] = labels.Classes[id].Color;
        return palette;
    }

    /// <summary>Colours by raw id: a class's own, black for what is ignored.</summary>
    public static ColorPalette ForRawIds(LabelMap labels)
    {
        var palette = new ColorPalette();
        for (int rawId = 0; rawId < 256; rawId++)
        {
            if (labels.TryGetTrainId((byte)rawId, out byte trainId))
                palette._colors[rawId] = trainId == LabelMap.IgnoreId ? default : labels.Classes[trainId].Color;
        }

        return palette;
    }
}
