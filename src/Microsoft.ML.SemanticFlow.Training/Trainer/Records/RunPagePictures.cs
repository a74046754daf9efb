// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Reports;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>The pictures of a run as its page shows them.</summary>
internal sealed class RunPagePictures
{
    private const string Crop = "crop-", Validation = "val-", Truth = "-truth.png", Epoch = "-epoch-";

    private readonly string _folder;

    /// <param name="folder">Where they lie; there may be none.</param>
    public RunPagePictures(string folder)
    {
        _folder = folder;
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.jpg") : [];
        string[] names = [.. files.Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];
        Crops = [.. names.Where(name => name.StartsWith(Crop, StringComparison.Ordinal))];
        Images = [.. names.Where(name => name.StartsWith(Validation, StringComparison.Ordinal)).Take(RunPictures.MostImages)];
    }

    /// <summary>The crops' names.</summary>
    public IReadOnlyList<string> Crops { get; }

    /// <summary>The validation images' names.</summary>
    public IReadOnlyList<string> Images { get; }

    public void WriteCrops(HtmlPage page)
    {
        page.Note("After scaling, cropping, mirroring and changes of colour; beside each crop its label. What is black does not count.");
        page.Write($"<div class=\"strip\">\n");
        foreach (string name in Crops)
        {
            WritePicture(page, name, null, "crop");
            WritePicture(page, name, name + Truth, "its label");
        }

        page.Write($"</div>\n");
    }

    /// <param name="page">The page.</param>
    /// <param name="most">Epochs shown of each image.</param>
    public void WriteImages(HtmlPage page, int most)
    {
        page.Note("The same images after each validation, and where the last one is wrong (red). What is black in a label does not count.");
        foreach (var (i, name) in Images.Index())
        {
            string[] epochs = [.. Directory.EnumerateFiles(_folder, $"{name}{Epoch}*.png").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
            page.Write($"<article class=\"card\">\n<h3>Image {i + 1}</h3>\n<div class=\"strip\">\n");
            WritePicture(page, name, null, "image");
            WritePicture(page, name, name + Truth, "ground truth");
            foreach (string epoch in Spread(epochs, most))
            {
                string number = Path.GetFileNameWithoutExtension(epoch)[(name.Length + Epoch.Length)..].TrimStart('0');
                WritePicture(page, name, epoch, $"epoch {number}");
            }

            if (epochs is [.., var last])
                WriteErrors(page, name, last);
            page.Write($"</div>\n</article>\n");
        }
    }

    /// <summary>Some of many, the first and the last among them.</summary>
    internal static IEnumerable<string> Spread(string[] all, int most) => all.Length <= most
        ? all
        : Enumerable.Range(0, most).Select(i => all[(int)Math.Round((double)i * (all.Length - 1) / (most - 1))]);

    private void WriteErrors(HtmlPage page, string photo, string mask)
    {
        string truthPath = Path.Combine(_folder, photo + Truth);
        if (!File.Exists(truthPath))
            return;
        var (truth, predicted) = (PngIndexReader.Read(truthPath), PngIndexReader.Read(Path.Combine(_folder, mask)));
        if ((truth.Height, truth.Width) == (predicted.Height, predicted.Width))
            WriteFrame(page, photo, ImageLayers.ErrorsOf(truth.Samples, predicted.Samples, truth.Height, truth.Width, LabelMap.IgnoreId), "layer errors", "errors");
    }

    private void WritePicture(HtmlPage page, string photo, string? mask, string title)
    {
        string? overlay = mask is null ? null : AddressOf(mask, "image/png");
        if (mask is null || overlay is not null)
            WriteFrame(page, photo, overlay, "layer", title);
    }

    private void WriteFrame(HtmlPage page, string photo, string? overlay, string style, string title)
    {
        string size = "width=\"100%\" height=\"100%\" preserveAspectRatio=\"xMidYMid meet\"";
        page.Write($"<figure class=\"frame\"><svg viewBox=\"0 0 {Size(photo)}\" role=\"img\" aria-label=\"{HtmlPage.Text(title)}\">");
        if (overlay is null)
            page.Write($"<image id=\"{photo}\" href=\"{AddressOf(photo + ".jpg", "image/jpeg")}\" {size} />");
        else
            page.Write($"<use href=\"#{photo}\" /><image class=\"{style}\" href=\"{overlay}\" {size} />");
        page.Write($"</svg><figcaption>{HtmlPage.Text(title)}</figcaption></figure>\n");
    }

    private string Size(string photo)
    {
        var info = SegmentationImageInfo.Read(Path.Combine(_folder, photo + ".jpg"));
        return string.Create(CultureInfo.InvariantCulture, $"{info.Width} {info.Height}");
    }

    private string? AddressOf(string name, string type)
    {
        string path = Path.Combine(_folder, name);
        return File.Exists(path) ? $"data:{type};base64,{Convert.ToBase64String(RegularFile.ReadAllBytes(path))}" : null;
    }
}
