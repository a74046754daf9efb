// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Concurrent;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO.Compression;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data.Datasets;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The options of <c>predict</c> for the servers of the benchmarks: masks as they take them, packed and checked.</summary>
internal sealed class Submission(Terminal terminal)
{
    private const int MostSaid = 20; // of each kind

    private static readonly SegmentationDatasetInfo[] _servers = [.. SegmentationDatasets.All.Where(dataset => dataset.Submission is not null)];

    private readonly Option<string?> _server = new("--server")
    {
        Description = "Write masks as the server of a benchmark takes them: its file names, its ids for classes of its names, its void id for all others.",
        HelpName = string.Join('|', _servers.Select(dataset => dataset.Id)),
    };

    private readonly Option<string?> _zip = new("--zip") { Description = "Pack the masks into a zip file as well.", HelpName = "FILE" };

    private readonly Option<string?> _check = new("--check")
    {
        Description = "Predict nothing: check a folder of masks, or a zip file of them, for --server against the test images, which --images or --data names.",
        HelpName = "DIR|ZIP",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "Root folder of the data set, for --check: its test split is what the masks must match.",
        HelpName = "ROOT",
    };

    public void AddTo(CliCommand command)
    {
        _server.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. _servers.Select(dataset => dataset.Id)]);
        foreach (Option option in new Option[] { _server, _zip, _check, _data })
            command.Add(option);
    }

    /// <summary>What the server takes; null where none is named.</summary>
    public SubmissionForm? FormOf(ParseResult parsed) => parsed.GetValue(_server) is { } id ? SegmentationDatasets.Get(id).Submission : null;

    /// <summary>Finds out before the work whether the zip file can be written.</summary>
    public void Try(ParseResult parsed)
    {
        if (parsed.GetValue(_data) is not null)
            throw new UsageException("--data goes with --check; --images names the images to predict.");
        if (parsed.GetValue(_zip) is { } zip)
            OutputFile.Try(zip, _zip.Name);
    }

    /// <summary>Says which of the model's classes the server lacks.</summary>
    public void SayLacking(SubmissionForm form, LabelMap labels)
    {
        string[] lacking = [.. labels.Classes.Select(label => label.Name).Where(name => !form.Classes.ContainsKey(name))];
        if (lacking.Length > 0)
            terminal.WriteLine($"The server has no {string.Join(", ", lacking)}: their pixels are written as its void id, {form.Void}.");
    }

    /// <summary>Writes a mask as the server takes it.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="table">The server's id of each train id.</param>
    /// <param name="path">The file.</param>
    public static void Save(SegmentationMask mask, byte[] table, string path)
    {
        byte[] ids = Array.ConvertAll(mask.Ids.ToArray(), id => table[id]);
        AtomicFile.Write(path, stream => PngIndexWriter.WriteGray(stream, ids, mask.Height, mask.Width), survivesPowerLoss: false);
    }

    /// <summary>Packs the masks of a folder, where that was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="masks">Their files; those that were not written are left out.</param>
    public void Pack(ParseResult parsed, string folder, IEnumerable<string> masks)
    {
        if (parsed.GetValue(_zip) is not { } zip)
            return;
        AtomicFile.Write(zip, stream =>
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (string mask in masks.Where(File.Exists).Order(StringComparer.Ordinal))
                archive.CreateEntryFromFile(mask, Path.GetRelativePath(folder, mask).Replace('\\', '/'), CompressionLevel.NoCompression); // a PNG is packed
        });
    }

    /// <summary>Whether masks are to be checked and nothing predicted.</summary>
    public bool Checks(ParseResult parsed) => Checks(parsed.CommandResult);

    /// <inheritdoc cref="Checks(ParseResult)"/>
    public bool Checks(CommandResult parsed) => parsed.GetResult(_check) is not null;

    /// <summary>Checks masks against the test images: missing, twice, of another size, with ids that the server lacks.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="images">The folder of test images; null where --data names it.</param>
    /// <param name="workers">Masks read at once.</param>
    /// <param name="cancellation">Ends the work.</param>
    public int Check(ParseResult parsed, string? images, int workers, CancellationToken cancellation)
    {
        string masks = parsed.GetValue(_check)!; // Checks was asked
        var form = FormOf(parsed) ?? throw new UsageException($"--check needs --server: {string.Join(", ", _servers.Select(dataset => dataset.Id))}.");
        using var submitted = SubmittedMasks.Open(masks);
        var dataset = SegmentationDatasets.Get(parsed.GetValue(_server)!);
        var catalog = terminal.CreateContext().SemanticSegmentation.Data;
        var view = (images, parsed.GetValue(_data)) switch
        {
            ({ } named, null) => catalog.Folder(named),
            (null, { } root) => catalog.Load(dataset, root, DatasetSplit.Test),
            _ => throw new UsageException("--check needs the test images: --images DIR, or --data ROOT."),
        };

        var expected = view.GetColumn<string>("ImagePath").Select(image => (Image: image, Key: form.KeyOfImage(Path.ChangeExtension(image, null)))).ToArray();
        var files = submitted.Names.ToLookup(file => form.KeyOfFile(Path.ChangeExtension(file, null)));
        var known = expected.Select(image => image.Key).ToHashSet();
        var faults = new ConcurrentBag<(string Kind, string Sentence)>();
        foreach (string strange in files.Where(same => same.Key is null || !known.Contains(same.Key)).SelectMany(same => same))
            faults.Add(("strange", $"'{strange}' belongs to none of the test images."));
        CommandCancelledException.During(() => terminal.Track("checking", expected.Length, done => Parallel.ForEach(
            expected,
            new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation },
            image =>
            {
                if (FindFault(submitted, image.Image, [.. files[image.Key]], form) is { } fault)
                    faults.Add(fault);
                done();
            })), () => "Cancelled; nothing is known of the rest.");
        foreach (var same in faults.GroupBy(fault => fault.Kind).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            terminal.Output.WriteLine($"{same.Key}: {same.Count()}");
            foreach (var (_, sentence) in same.OrderBy(fault => fault.Sentence, StringComparer.Ordinal).Take(MostSaid))
                terminal.Output.WriteLine($"  {Display.PrintableText.Line(sentence)}");
        }

        terminal.Output.WriteLine(faults.IsEmpty ? $"{expected.Length} masks, all as {dataset.Title} takes them."
            : $"{faults.Count} faults in masks for {expected.Length} images.");
        return faults.IsEmpty ? ExitCode.Done : ExitCode.FailedCheck;
    }

    private static (string Kind, string Sentence)? FindFault(SubmittedMasks submitted, string image, string[] masks, SubmissionForm form)
    {
        if (masks.Length == 0)
            return ("missing", $"'{image}' has no mask.");
        if (masks.Length > 1)
            return ("twice", $"'{image}' has {masks.Length} masks, '{masks[0]}' and '{masks[1]}'.");
        string mask = masks[0];
        try
        {
            var png = PngIndexReader.Read(submitted.Read(mask), Path.GetFileName(mask));
            var (height, width) = ImageCodec.ReadSize(image);
            if ((png.Height, png.Width) != (height, width))
                return ("size", $"'{mask}' is {png.Height} x {png.Width}, its image {height} x {width} (height x width).");
            if (png.BitDepth == 16)
                return ("ids", $"'{mask}' has 16 bits a pixel; 8 are taken.");
            int at = Array.FindIndex(png.Samples, id => !form.Ids.Contains(id));
            return at < 0 ? null : ("ids", $"'{mask}' holds id {png.Samples[at]} at row {at / width}, column {at % width}, which the server does not know.");
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return ("unreadable", $"'{mask}': {Fault.SentenceOf(exception)}");
        }
    }
}
