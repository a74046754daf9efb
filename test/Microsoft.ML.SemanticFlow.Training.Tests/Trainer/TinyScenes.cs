// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

/// <summary>A folder of tiny drawn scenes: a bright disk or box on dark noise, each its own class.</summary>
internal sealed class TinyScenes : IDisposable
{
    public static readonly LabelMap Labels = LabelMap.FromClassNames("tiny", "ground", "disk", "box");

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("semanticflow-tiny");

    public TinyScenes(int count, int size = 64)
    {
        Directory.CreateDirectory(Images);
        Directory.CreateDirectory(Masks);
        for (int i = 0; i < count; i++)
            Draw(i, size, size);
    }

    public string Images => Path.Combine(_root.FullName, "images");

    public string Masks => Path.Combine(_root.FullName, "labels");

    public string Run => Path.Combine(_root.FullName, "run");

    /// <summary>Columns ImagePath and LabelPath, as the readers give.</summary>
    public IDataView Paths(MLContext context) => context.SemanticSegmentation.Data.Folder(Images, Masks);

    /// <summary>Columns Image and Label, loaded row by row.</summary>
    public IDataView Rows(MLContext context)
    {
        var paths = Paths(context);
        return Loading(context).Fit(paths).Transform(paths);
    }

    public static IEstimator<ITransformer> Loading(MLContext context) =>
        context.Transforms.LoadImages("Image", null, "ImagePath").Append(context.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath", Labels));

    public void Draw(int index, int height, int width, int? maskHeight = null)
    {
        var random = new Random(index);
        var image = new PixelImage(height, width);
        var ids = new byte[(maskHeight ?? height) * width];
        var (row, column, radius) = (random.Next(height / 4, 3 * height / 4), random.Next(width / 4, 3 * width / 4), Math.Min(height, width) / 5);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                var (dy, dx) = (y - row, x - column);
                bool disk = index % 2 == 0 && dy * dy + dx * dx < radius * radius;
                bool box = index % 2 == 1 && Math.Max(Math.Abs(dy), Math.Abs(dx)) < radius;
                int shade = random.Next(60);
                var (blue, green, red) = disk ? (200, 40, 40) : box ? (40, 40, 200) : (shade, shade, shade);
                int at = (y * width + x) * 4;
                (image.Bgra[at], image.Bgra[at + 1], image.Bgra[at + 2], image.Bgra[at + 3]) = ((byte)blue, (byte)green, (byte)red, 255);
                if (y * width + x < ids.Length)
                    ids[y * width + x] = (byte)(disk ? 1 : box ? 2 : 0);
            }
        }

        ImageCodec.SavePng(image, Path.Combine(Images, $"{index:d3}.png"));
        new SegmentationMask(maskHeight ?? height, width, ids, Labels).Save(Path.Combine(Masks, $"{index:d3}.png"));
    }

    public void Dispose() => _root.Delete(recursive: true);
}
