// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Data.Datasets;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Import;

/// <summary>The folder that an import writes, and what an earlier one left in it.</summary>
internal sealed class ImportTarget
{
    private const string Settings = "import.json", Table = "classes.csv";

    private static readonly JsonSerializerOptions _json =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _root;
    private readonly AnnotationImportOptions _options;
    private readonly RgbColor[] _palette;
    private readonly bool _isResumed;
    private int _copied;

    private ImportTarget(string root, string input, LabelMap labels, AnnotationImportOptions options, bool isResumed) =>
        (_root, Input, _palette, _options, _isResumed) = (root, input, ColorPalette.ForRawIds(labels).Colors.ToArray(), options, isResumed);

    /// <summary>What is read.</summary>
    public string Input { get; }

    /// <summary>Images that were copied.</summary>
    public int Copied => _copied;

    /// <summary>Makes the folder, or goes on with that of the same import.</summary>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static ImportTarget Prepare(string output, AnnotationTree tree, AnnotationFormatInfo format, AnnotatedSet set,
        AnnotationImportOptions options)
    {
        string root = Path.GetFullPath(output), settings = Path.Combine(root, Settings), table = Path.Combine(root, Table);
        string csv = set.Classes.Labels.ToCsv(), said = Describe(tree, format, options);
        bool isResumed = File.Exists(settings);
        bool isSame = isResumed && File.ReadAllText(settings) == said && (!File.Exists(table) || File.ReadAllText(table) == csv);
        DatasetSplit[] splits = [DatasetSplit.Train, DatasetSplit.Validation, DatasetSplit.Test];
        bool isBegun = splits.Any(split => Directory.Exists(Path.Combine(root, PlainFolder.NameOf(split))));
        if (isResumed && !isSame && isBegun)
            throw new InvalidDataException(
                $"'{output}' holds an import with other options or classes ({Settings} and {Table} tell which): its masks would mean " +
                "something else. Name another folder, or delete that one.");
        if (!isResumed && Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any(path => !path.EndsWith(PartialFile.Ending, StringComparison.Ordinal)))
            throw new InvalidDataException(
                $"'{output}' holds other files, and no import of this kind. Name a new folder, or an empty one.");
        Directory.CreateDirectory(root);
        if (!isSame)
        {
            AtomicFile.Write(settings, stream => stream.Write(Encoding.UTF8.GetBytes(said)), survivesPowerLoss: false);
            File.Delete(table);
        }

        if (!File.Exists(table))
            AtomicFile.Write(table, stream => stream.Write(Encoding.UTF8.GetBytes(csv)), survivesPowerLoss: false);
        return new ImportTarget(root, tree.Root, set.Classes.Labels, options, isSame);
    }

    /// <summary>The pixels of each id in a mask that an earlier import left whole; null where it has to be made.</summary>
    public long[]? FindWhole(AnnotatedImage image)
    {
        string mask = MaskPath(image.Name);
        if (!_isResumed || !File.Exists(mask) || ImageOf(image.Name) is not { } placed)
            return null;
        var made = File.GetLastWriteTimeUtc(mask);
        if (File.GetLastWriteTimeUtc(image.Source) > made || File.GetLastWriteTimeUtc(placed) > made)
            return null;
        try
        {
            return Count(PngIndexReader.Read(mask).Samples);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>The size of an image as it is shown.</summary>
    public static (int Height, int Width) SizeOf(AnnotatedContent content)
    {
        if (content.ImagePath is { } path)
            return ImageCodec.ReadSize(path);
        using var image = ImageCodec.Decode(content.Bytes, "imageData", rent: true);
        return (image.Height, image.Width);
    }

    /// <summary>Writes an image and its mask, the mask last.</summary>
    /// <returns>Pixels of each id.</returns>
    public long[]? Write(AnnotatedName name, AnnotatedContent content, MaskCanvas? canvas)
    {
        string ending = content.ImagePath is { } path ? Path.GetExtension(path) : EndingOf(content.Bytes);
        string placed = Path.Combine(_root, PlainFolder.NameOf(name.Split), "images", name.Path + ending);
        Directory.CreateDirectory(Path.GetDirectoryName(placed)!); // a file lies in a folder
        if (ImageOf(name) is { } earlier && earlier != placed)
            File.Delete(earlier);
        Place(content, placed);
        if (canvas is null)
            return null;
        string mask = MaskPath(name);
        Directory.CreateDirectory(Path.GetDirectoryName(mask)!);
        AtomicFile.Write(mask, stream => PngIndexWriter.Write(stream, canvas.Ids, table: [], canvas.Height, canvas.Width, _palette),
            survivesPowerLoss: false);
        return Count(canvas.Ids);
    }

    private string MaskPath(AnnotatedName name) => Path.Combine(_root, PlainFolder.NameOf(name.Split), "labels", name.Path + ".png");

    private string? ImageOf(AnnotatedName name)
    {
        string stem = Path.Combine(_root, PlainFolder.NameOf(name.Split), "images", name.Path);
        foreach (string ending in ImageEndings.Read)
        {
            if (File.Exists(stem + ending))
                return stem + ending;
            if (File.Exists(stem + ending.ToUpperInvariant()))
                return stem + ending.ToUpperInvariant();
        }

        return null;
    }

    private void Place(AnnotatedContent content, string placed)
    {
        if (content.ImagePath is not { } path)
        {
            AtomicFile.Write(placed, stream => stream.Write(content.Bytes), survivesPowerLoss: false);
            return;
        }

        if (_options.Images == ImagePlacement.Link && TryLink(path, placed))
            return;
        AtomicFile.Write(
            placed,
            stream =>
            {
                using var file = RegularFile.OpenRead(path);
                file.CopyTo(stream);
            },
            survivesPowerLoss: false);
        Interlocked.Increment(ref _copied);
    }

    private static bool TryLink(string path, string placed)
    {
        var earlier = new FileInfo(placed);
        if (earlier.LinkTarget == path)
            return true;
        try
        {
            if (earlier.Exists || earlier.LinkTarget is not null)
                earlier.Delete();
            File.CreateSymbolicLink(placed, path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    private static string EndingOf(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0x89, ..] => ".png",
        [(byte)'G', ..] => ".gif",
        [(byte)'B', ..] => ".bmp",
        [(byte)'R', ..] => ".webp",
        _ => ".jpg",
    };

    private static long[] Count(ReadOnlySpan<byte> ids)
    {
        var counts = new long[256];
        while (!ids.IsEmpty)
        {
            int run = ids.IndexOfAnyExcept(ids[0]);
            run = run < 0 ? ids.Length : run;
            counts[ids[0]] += run;
            ids = ids[run..];
        }

        return counts;
    }

    // What decides on the masks; how the work is done does not.
    private static string Describe(AnnotationTree tree, AnnotationFormatInfo format, AnnotationImportOptions options) =>
        JsonSerializer.Serialize(
        new
        {
            form = 1,
            format = format.Id,
            input = tree.File is { } file ? tree.At(file) : tree.Root,
            background = options.Background.ToString(),
            order = (options.Order ?? format.Order).ToString(),
            unknownLabels = options.UnknownLabels.ToString(),
            ignoreCrowds = options.IgnoreCrowds,
            nearestColor = options.NearestColor,
            variant = options.Variant,
            images = options.ImagesDirectory is { } images ? Path.GetFullPath(images) : null,
        },
        _json) + "\n";
}
