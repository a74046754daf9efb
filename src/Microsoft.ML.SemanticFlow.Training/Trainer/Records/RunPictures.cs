// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Sampling;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>The folder <c>pictures</c> of a run: the first crops as the network sees them, and a few validation images with their predictions after each validation.</summary>
/// <param name="folder">Where they lie.</param>
/// <param name="labels">The classes.</param>
internal sealed class RunPictures(string folder, LabelMap labels)
{
    /// <summary>Validation images that are kept, spread evenly and the same each time.</summary>
    public const int MostImages = 12;

    private const int MostCrops = 8, Longest = 320;

    private readonly ColorPalette _palette = ColorPalette.ForTrainIds(labels);

    /// <summary>Whether the first crops are kept already.</summary>
    public bool HasCrops => File.Exists(Path.Combine(folder, "crop-01.jpg"));

    /// <summary>Keeps crops as they come out of augmentation, and their labels.</summary>
    public void Crops(Batch batch)
    {
        Prepare();
        int count = Math.Min(MostCrops, (int)batch.Images.shape[0]), height = (int)batch.Images.shape[2], width = (int)batch.Images.shape[3];
        using var scope = NewDisposeScope();
        for (int i = 0; i < count; i++)
        {
            var values = MemoryMarshal.Cast<byte, float>(batch.Images[i].cpu().permute(1, 2, 0).contiguous().bytes);     // [H, W, 3]
            var ids = MemoryMarshal.Cast<byte, long>(batch.Labels[i].cpu().contiguous().bytes);                           // [H, W]
            var image = new PixelImage(height, width);
            var mask = new byte[height * width];
            for (int pixel = 0; pixel < mask.Length; pixel++)
            {
                mask[pixel] = (byte)ids[pixel];
                for (int channel = 0; channel < 3; channel++)
                {
                    float value = values[(3 * pixel) + channel] * PixelNormalization.ImageNetStd[channel] + PixelNormalization.ImageNetMean[channel];
                    image.Bgra[(4 * pixel) + 2 - channel] = (byte)Math.Clamp((value * 255) + 0.5f, 0, 255);
                }

                image.Bgra[(4 * pixel) + 3] = 255;
            }

            SavePhoto(image, $"crop-{i + 1:00}.jpg");
            SaveMask(mask, height, width, $"crop-{i + 1:00}-truth.png");
        }
    }

    /// <summary>Keeps a validated image, if it is one of the few that are shown.</summary>
    /// <param name="index">Its number in the set.</param>
    /// <param name="count">Images of the set.</param>
    /// <param name="epoch">The epoch that was validated, from 1.</param>
    /// <param name="sample">The image and its label.</param>
    /// <param name="predicted">Its ids.</param>
    public void Image(int index, int count, int epoch, LabelledImage sample, ReadOnlySpan<byte> predicted)
    {
        int place = PlaceOf(index, count);
        if (place < 0)
            return;
        Prepare();
        var (height, width) = (sample.Image.Height, sample.Image.Width);
        FormattableString photo = $"val-{place + 1:00}.jpg";
        if (!File.Exists(At(photo)))
        {
            SavePhoto(sample.Image, photo);
            SaveMask(sample.Mask.Ids, height, width, $"val-{place + 1:00}-truth.png");
        }

        SaveMask(predicted, height, width, $"val-{place + 1:00}-epoch-{epoch:0000}.png");
    }

    /// <summary>Whether a validated image is one of those that are kept.</summary>
    public static bool IsShown(int index, int count) => PlaceOf(index, count) >= 0;

    private static int PlaceOf(int index, int count)
    {
        int shown = Math.Min(MostImages, count);
        return Enumerable.Range(0, shown).FirstOrDefault(i => index == (int)((long)i * count / shown), -1);
    }

    private void Prepare()
    {
        Directory.CreateDirectory(folder);
        OutputMark.Prepare(folder);
    }

    private string At(FormattableString name) => Path.Combine(folder, name.ToString(CultureInfo.InvariantCulture));

    private void SavePhoto(PixelImage image, FormattableString name)
    {
        var (rows, columns) = Smaller(image.Height, image.Width);
        using var small = Resampling.ResizeRented(image, rows, columns, ResamplingFilter.Bilinear);
        PictureEncoder.Save(small, At(name), PictureFormat.Jpeg);
    }

    private void SaveMask(ReadOnlySpan<byte> ids, int height, int width, FormattableString name)
    {
        var (rows, columns) = Smaller(height, width);
        byte[] small = Resampling.Nearest(ids, height, width, rows, columns);
        AtomicFile.Write(At(name), stream => PngIndexWriter.Write(stream, small, table: [], rows, columns, _palette.Colors), survivesPowerLoss: false);
    }

    private static (int Rows, int Columns) Smaller(int height, int width)
    {
        double scale = Math.Min(1, (double)Longest / Math.Max(height, width));
        return (Math.Max(1, (int)Math.Round(height * scale)), Math.Max(1, (int)Math.Round(width * scale)));
    }
}
