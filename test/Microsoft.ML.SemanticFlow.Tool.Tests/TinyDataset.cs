// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>A folder dataset of a few small images: the left part is one class, the right the other, the border column is ignored.</summary>
internal sealed class TinyDataset : IDisposable
{
    public const int Height = 64;
    public const int Width = 96;
    public const string Map = "left,right";

    public static readonly LabelMap Labels = LabelMap.FromClassNames("classes", "left", "right");

    public TinyDataset()
    {
        Root = Directory.CreateTempSubdirectory("semanticflow-").FullName;
        Draw("train", count: 4);
        Draw("val", count: 2);
    }

    public string Root { get; }

    public string TrainImages => Path.Combine(Root, "train", "images");

    public string TrainLabels => Path.Combine(Root, "train", "labels");

    public string Images => Path.Combine(Root, "val", "images");

    public string Masks => Path.Combine(Root, "val", "labels");

    public string At(params string[] parts) => Path.Combine([Root, .. parts]);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private void Draw(string split, int count)
    {
        Directory.CreateDirectory(At(split, "images"));
        Directory.CreateDirectory(At(split, "labels"));
        for (int i = 0; i < count; i++)
        {
            int border = Width / 2 + 5 * (i - count / 2);
            var bgra = new byte[Height * Width * 4];
            var ids = new byte[Height * Width];
            for (int pixel = 0; pixel < ids.Length; pixel++)
            {
                int column = pixel % Width;
                ids[pixel] = column == border ? LabelMap.IgnoreId : (byte)(column < border ? 0 : 1);
                bgra.AsSpan(pixel * 4, 4).Fill((byte)(column < border ? 40 : 200));
                bgra[pixel * 4 + 3] = 255;
            }

            using var image = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Bgra32, bgra);
            image.Save(At(split, "images", $"{i}.png"));
            new SegmentationMask(Height, Width, ids, Labels).Save(At(split, "labels", $"{i}.png"));
        }
    }
}
