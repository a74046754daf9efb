// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Security.Cryptography;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Inspection;

/// <summary>What is kept of an image that was looked at: little, since there may be a million.</summary>
/// <param name="Sample">Its files.</param>
/// <param name="Split">Its split.</param>
internal sealed record InspectedImage(SegmentationSample Sample, DatasetSplit Split)
{
    private const int Side = 8;                 // of the picture that neighbours are compared by
    private const int Taken = 8;                // rows and columns of each of its pixels that are looked at

    private long _length;
    private byte[]? _hash;

    /// <summary>Rows and columns; 0 where it cannot be read.</summary>
    public (int Height, int Width) Size { get; private set; }

    /// <summary>Gray, 8 x 8.</summary>
    public byte[] Small { get; private set; } = [];

    public List<DatasetFinding> Findings { get; } = [];

    public bool IsRead => Size.Height > 0;

    /// <summary>Looks at the image and its label.</summary>
    /// <param name="files">How the label is read; null where ids are their own classes.</param>
    /// <param name="ids">Which ids it holds, where nothing says what they mean.</param>
    /// <returns>What the label holds; null where there is none that can be read.</returns>
    public LabelContent? Look(LabelFiles? files, MaskIds ids)
    {
        bool isTurned = false;
        try
        {
            using var image = ImageCodec.Decode(Sample.ImagePath, rent: true);
            _length = new FileInfo(Sample.ImagePath).Length;
            Size = (image.Height, image.Width);
            Small = Shrink(image);
            isTurned = image.IsTurned;
        }
        catch (Exception e) when (SampleFaults.IsOfFile(e))
        {
            Add(DatasetFindingKind.UnreadableFile, $"Image '{Sample.ImagePath}' cannot be read: {e.Message}");
        }

        if (Sample.LabelPath is not { } path)
            return null;
        LabelContent label;
        try
        {
            var part = Sample.Part is null ? null : files?.Parts.FirstOrDefault(part => part.Holds(path));
            label = LabelContent.Read(ReadAll(path), path, part?.Labels ?? files?.Labels, part?.Ids ?? files?.Ids ?? ids);
        }
        catch (Exception e) when (SampleFaults.IsOfFile(e))
        {
            Add(DatasetFindingKind.UnreadableFile, $"Label '{path}' cannot be read: {e.Message}");
            return null;
        }

        if (label.Fault is { } fault)
            Findings.Add(fault with { Split = Split, Path = Sample.ImagePath });
        if (label.Height == 0)
            return null;
        Compare(label, isTurned);
        return label;
    }

    /// <summary>How much two images differ, as a mean over 64 fields of gray from 0 to 255: little between neighbours of a video.</summary>
    public int DistanceTo(InspectedImage other)
    {
        int sum = 0;
        for (int i = 0; i < Small.Length; i++)
            sum += Math.Abs(Small[i] - other.Small[i]);
        return sum / Small.Length;
    }

    /// <summary>What images of the same content have in common; others seldom do.</summary>
    public (long Length, string Small) Mark => (_length, Convert.ToBase64String(Small));

    /// <summary>Whether another image's file has the same bytes: files are read for it where nothing cheaper tells them apart.</summary>
    public bool HasBytesOf(InspectedImage other) =>
        _length == other._length && Small.AsSpan().SequenceEqual(other.Small) && Hash().AsSpan().SequenceEqual(other.Hash());

    private byte[] Hash()
    {
        if (_hash is null)
        {
            using var file = RegularFile.OpenRead(Sample.ImagePath);
            _hash = SHA256.HashData(file);
        }

        return _hash;
    }

    private void Compare(LabelContent label, bool isTurned)
    {
        if (IsRead && (label.Height, label.Width) != Size)
        {
            bool isAsStored = isTurned && (label.Width, label.Height) == Size;
            Add(isAsStored ? DatasetFindingKind.TurnedImage : DatasetFindingKind.SizeDiffers, isAsStored
                ? $"Image '{Sample.ImagePath}' is turned by EXIF to {Size.Height} x {Size.Width} (height x width), " +
                    $"and its label '{Sample.LabelPath}' lies as the file is stored. Turn the label, or store the image upright."
                : $"Image '{Sample.ImagePath}' is {Size.Height} x {Size.Width}, its label '{Sample.LabelPath}' {label.Height} x {label.Width} (height x width). " +
                    "Give a label of the image's size.");
        }
        else if (IsRead && isTurned && !ImageCodec.ReadInfo(Sample.LabelPath!).IsTurned)
        {
            Findings.Add(Finding(DatasetFindingKind.TurnedImage, $"Image '{Sample.ImagePath}' is turned by EXIF. " +
                $"Check whether its label '{Sample.LabelPath}' lies on it as it is shown.") with
            { IsNote = true });
        }
    }

    public void Add(DatasetFindingKind kind, string message) => Findings.Add(Finding(kind, message));

    private DatasetFinding Finding(DatasetFindingKind kind, string message) =>
        new(kind, message) { Split = Split, Path = Sample.ImagePath, OtherPath = Sample.LabelPath };

    private static byte[] ReadAll(string path)
    {
        using var file = RegularFile.OpenRead(path);
        if (file.Length > Array.MaxLength)
            throw new InvalidDataException($"'{Path.GetFileName(path)}' has {file.Length} bytes, more than can be read at once. Check the file.");
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)file.Length);
        int count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return count == bytes.Length ? bytes : bytes[..count];
    }

    private static byte[] Shrink(PixelImage image)
    {
        var small = new byte[Side * Side];
        var pixels = image.Bgra;
        for (int i = 0; i < small.Length; i++)
        {
            int sum = 0;
            for (int k = 0; k < Taken * Taken; k++)
            {
                int row = ((((i / Side * Taken) + (k / Taken)) * 2) + 1) * image.Height / (2 * Side * Taken);
                int column = ((((i % Side * Taken) + (k % Taken)) * 2) + 1) * image.Width / (2 * Side * Taken);
                int at = ((row * image.Width) + column) * 4;
                sum += (pixels[at] + (2 * pixels[at + 1]) + pixels[at + 2]) / 4;
            }

            small[i] = (byte)(sum / (Taken * Taken));
        }

        return small;
    }
}
