// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>A small data set in the plain layout with nothing wrong in it, for one fault after another to be put in.</summary>
/// <remarks>Three images to train on, two to validate on; the upper half of every label is road, the lower sky.</remarks>
public sealed class DrawnDataset : IDisposable
{
    /// <summary>Rows and columns of every image.</summary>
    public const int Height = 32, Width = 48;

    /// <summary>Its classes.csv.</summary>
    public const string Table = "name,raw_id,train_id,r,g,b\nroad,3,0,128,64,128\nsky <b>,5,1,70,130,180\n";

    private readonly TemporaryFolder _folder = new();

    /// <summary>Draws it.</summary>
    public DrawnDataset()
    {
        File.WriteAllText(_folder["classes.csv"], Table);
        foreach (string name in (string[])["one", "two", "three"])
            Add("train", name);
        foreach (string name in (string[])["four", "five"])
            Add("val", name);
    }

    /// <summary>Its root.</summary>
    public string Root => _folder.Root;

    /// <summary>The path of a file or folder in it.</summary>
    public string this[params string[] parts] => _folder[parts];

    /// <summary>Adds an image, drawn after its name, and its label.</summary>
    public void Add(string split, string name, byte[]? ids = null)
    {
        DrawImage(_folder.Prepare(split, "images", name + ".png"), name);
        DrawLabel(_folder.Prepare(split, "labels", name + ".png"), ids ?? HalfAndHalf());
    }

    /// <summary>The raw ids of a label: road above, sky below.</summary>
    public static byte[] HalfAndHalf() => [.. Enumerable.Range(0, Height * Width).Select(i => (byte)(i < Height * Width / 2 ? 3 : 5))];

    /// <summary>Writes an image whose picture follows from a text.</summary>
    public static void DrawImage(string path, string tag)
    {
        byte[] rgb = GoldenFormula.Images(tag, 1, Height, Width);
        ulong seed = GoldenFormula.Seed(tag);
        var bgra = new byte[Height * Width * 4];
        for (int i = 0; i < Height * Width; i++)
        {
            // A gray of its own in every eighth of the picture, so that two pictures differ where they are made small.
            int field = ((i / Width / 4) * 8) + (i % Width / 6), gray = (int)(GoldenFormula.Bits(seed, field) >> 57);
            for (int channel = 0; channel < 3; channel++)
                bgra[(i * 4) + channel] = (byte)((rgb[(i * 3) + channel] / 4) + gray);
            bgra[(i * 4) + 3] = 255;
        }

        ImageCodec.SavePng(new PixelImage(Height, Width, bgra), path);
    }

    /// <summary>Writes a gray PNG of ids.</summary>
    public static void DrawLabel(string path, byte[] ids, int height = Height, int width = Width) =>
        File.WriteAllBytes(path, PngFiles.Indexed(Array.ConvertAll(ids, id => (int)id), height, width, depth: 8));

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
