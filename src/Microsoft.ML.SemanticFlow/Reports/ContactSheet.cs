// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>Many predictions on one page or picture, small. It holds the small pictures alone, and no more of them than it shows.</summary>
/// <remarks>Of more images than it shows it takes them evenly. Threads may add to it at once.</remarks>
internal sealed class ContactSheet
{
    private const int Side = 272, Columns = 6, TextSize = 12, Gap = 6;

    private readonly MaskPainter _painter;
    private readonly bool _isPage;
    private readonly int _total;
    private readonly Entry?[] _entries;
    private readonly bool[] _occurs = new bool[LabelMap.IgnoreId];

    /// <param name="total">Images in all.</param>
    /// <param name="isPage">Whether it becomes an HTML page and not a picture.</param>
    /// <param name="options">How the overlays are drawn.</param>
    public ContactSheet(int total, bool isPage, MaskPainterOptions options)
    {
        (_total, _isPage) = (total, isPage);
        _painter = new MaskPainter(options with { Legend = null });
        _entries = new Entry?[Math.Min(total, isPage ? MostOnAPage : MostInAPicture)];
    }

    private sealed record Entry(string Name, SegmentationPicture Overlay, ReportPicture? Image);

    /// <summary>The most images that a page shows: 10 MB of them.</summary>
    public static int MostOnAPage => 400;

    /// <summary>The most images that a picture shows: forty rows.</summary>
    public static int MostInAPicture => 240;

    /// <summary>How many images it shows at most.</summary>
    public int Count => _entries.Length;

    /// <summary>Whether it shows an image.</summary>
    /// <param name="index">Of the image, from 0.</param>
    public bool Shows(int index) => PlaceOf(index) is not null;

    /// <summary>Adds an image, if it is one that the sheet shows.</summary>
    /// <param name="index">Of the image, from 0.</param>
    /// <param name="name">What stands below it.</param>
    /// <param name="prediction">With its image.</param>
    public void Add(int index, string name, SegmentationPrediction prediction)
    {
        if (PlaceOf(index) is not { } place)
            return;
        var mask = prediction.Mask;
        var image = prediction.Image.Shrink(Side);
        byte[] ids = Resampling.Nearest(mask.Ids, mask.Height, mask.Width, image.Height, image.Width);
        var overlay = _painter.Overlay(SegmentationMask.Adopt(image.Height, image.Width, ids, mask.Labels), image);
        _entries[place] = new Entry(name, overlay, _isPage ? ReportPicture.Of(image.Pixels) : null);
        lock (_occurs)
        {
            foreach (byte id in ids)
                _occurs[id] = true; // a prediction has a class everywhere
        }
    }

    /// <summary>Writes the page or the picture, unless there is nothing to show; the file appears whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="title">Of a page.</param>
    /// <returns>How many images it shows.</returns>
    public int Save(string path, LabelMap labels, string title)
    {
        Entry[] entries = [.. _entries.OfType<Entry>()];
        if (entries.Length == 0)
            return 0;
        if (_isPage)
            AtomicFile.Write(path, stream => WritePage(stream, entries, labels, title));
        else
            PictureEncoder.Save(Draw(entries, labels), path, format: null);
        return entries.Length;
    }

    // Evenly: of n places the i-th is for the image i * total / n.
    private int? PlaceOf(int index)
    {
        int place = (int)((((long)index * _entries.Length) + _total - 1) / _total);
        return place < _entries.Length && (long)place * _total / _entries.Length == index ? place : null;
    }

    private IEnumerable<LabelClass> Seen(LabelMap labels) => labels.Classes.Where((_, id) => _occurs[id]);

    private PixelImage Draw(Entry[] entries, LabelMap labels)
    {
        var pictures = entries.Select(entry => entry.Overlay.WithTitle(Shortened(entry.Name), TextSize).Pixels);
        var grid = PictureGrid.Of([.. pictures], Columns, Gap);
        return PictureLegend.Add(grid, [.. Seen(labels).Select(label => (label.Color, label.Name))], below: true, TextSize);
    }

    // The end tells images apart.
    private static string Shortened(string name)
    {
        for (int skipped = 1; PictureText.WidthOf(name, TextSize) > Side - TextSize && skipped < name.Length; skipped++)
            name = "…" + name[(name[0] == '…' ? 2 : 1)..];
        return name;
    }

    private void WritePage(Stream stream, Entry[] entries, LabelMap labels, string title)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        using var page = new HtmlPage(writer, title);
        page.Write($"<p class=\"soft\">{entries.Length} of {_total} images{(_entries.Length < _total ? ", evenly chosen" : "")}</p>\n");
        page.Write($"<p>{string.Concat(Seen(labels).Select(label => PageKey.Of(label.Color, label.Name)))}</p>\n");
        page.Write($"<div class=\"sheet\">\n");
        foreach (var entry in entries)
        {
            string overlay = ReportPicture.Of(entry.Overlay.Pixels).ToHtml("its classes");
            page.Write($"<figure><div class=\"pair\">{entry.Image?.ToHtml(entry.Name) ?? ""}{overlay}</div><figcaption>{HtmlPage.Text(entry.Name)}</figcaption></figure>\n");
        }

        page.Write($"</div>\n");
    }
}
