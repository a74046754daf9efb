// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>Images of an evaluation, each as photograph, ground truth, prediction, errors and confidence; a larger view compares two of them under a slider.</summary>
internal sealed class ImageGallery
{
    private static readonly (string Layer, string Title)[] _layers =
        [("photo", "image"), ("truth", "ground truth"), ("prediction", "prediction"), ("errors", "errors"), ("confidence", "confidence")];

    private readonly ImageSelection _selection;
    private readonly LabelMap _labels;
    private readonly ReportImages _pictures;
    private readonly Dictionary<string, int> _places = [];
    private readonly Dictionary<SegmentationImageResult, string> _reasons;

    public ImageGallery(ImageSelection selection, SegmentationEvaluation evaluation, Func<string, SegmentationReportImage?>? source)
    {
        var labels = evaluation.Labels;
        var shown = selection.All.ToHashSet();
        _reasons = evaluation.RankImages().Where(ranked => shown.Contains(ranked.Image)).ToDictionary(ranked => ranked.Image, ranked => ranked.Reason);
        (_selection, _labels) = (selection, labels);
        _pictures = new ReportImages(selection.All.Select(image => image.Name!), source, labels); // only named ones are selected
        foreach (var image in selection.All.Where(image => _pictures.Find(image.Name!) is not null))
            _places.TryAdd(image.Name!, _places.Count);
    }

    public bool Any => _selection.Worst.Count > 0;

    /// <summary>The number of an image's pictures in the page; null where it has none.</summary>
    public int? PlaceOf(string name) => _places.TryGetValue(name, out int place) ? place : null;

    public void Write(HtmlPage page)
    {
        if (_pictures.Any)
        {
            page.Legend(_labels);
            page.Note(
                "Errors: red is wrong, blue-gray does not count. Confidence: from dark blue, where the network doubts, to yellow. " +
                "A click on a picture shows it large, with a slider.");
        }

        WriteGroup(page, _selection.Best.Count == 0 ? "All images" : "The worst", _selection.Worst);
        WriteGroup(page, "Around the median", _selection.Median);
        WriteGroup(page, "The best", _selection.Best);
        if (_pictures.Any)
            WriteGroup(page, "Behind the largest confusions", _selection.Confused);
        if (_pictures.Missing.Count > 0)
            page.Note($"{_pictures.Missing.Count} images have no pictures, such as '{_pictures.Missing[0].Name}': {_pictures.Missing[0].Reason}");
    }

    /// <summary>The larger view, empty until it is opened.</summary>
    public void WriteViewer(HtmlPage page)
    {
        if (!_pictures.Any)
            return;
        page.Write($"""
            <dialog id="viewer" aria-labelledby="viewer-title">
            <header><h2 id="viewer-title">Image</h2><button type="button" id="viewer-close" aria-label="Close">✕</button></header>
            <svg id="viewer-stage" role="img" aria-labelledby="viewer-title" viewBox="0 0 4 3"></svg>
            <label class="wide">Slider <input type="range" id="viewer-slider" min="0" max="100" value="50" /></label>
            <div class="controls">
            <label>left <select id="viewer-left"></select></label>
            <label>right <select id="viewer-right"></select></label>
            <label>opacity <input type="range" id="viewer-opacity" min="10" max="100" value="65" /></label>
            <span class="steps"><button type="button" id="viewer-previous">← previous</button> <button type="button" id="viewer-next">next →</button></span>
            </div>
            </dialog>

            """);
    }

    private void WriteGroup(HtmlPage page, string title, IReadOnlyList<SegmentationImageResult> images)
    {
        if (images.Count == 0)
            return;
        page.Write($"<h3>{title}</h3>\n");
        foreach (var image in images)
            WriteCard(page, image);
    }

    private void WriteCard(HtmlPage page, SegmentationImageResult image)
    {
        string name = image.Name!; // only named ones are selected
        page.Write($"<article class=\"card\">\n<h4>{HtmlPage.Name(name)}</h4>\n<p class=\"soft\">mean IoU {Figure.Score(image.MeanIoU)}, ");
        page.Write($"pixel accuracy {Figure.Score(image.PixelAccuracy)}. {HtmlPage.Text(_reasons.GetValueOrDefault(image, ""))}</p>\n");
        if (_pictures.Find(name) is { } layers)
        {
            page.Write($"<div class=\"strip\" data-image=\"{_places[name]}\" data-name=\"{HtmlPage.Text(name)}\" data-size=\"{layers.Width} {layers.Height}\">\n");
            foreach (var (layer, title) in _layers)
                WritePicture(page, name, layers, layer, title);
            page.Write($"</div>\n");
        }

        page.Write($"</article>\n");
    }

    // The photograph is in the page once; the others are laid over what refers to it.
    private void WritePicture(HtmlPage page, string name, ImageLayers layers, string layer, string title)
    {
        string? address = layer switch
        {
            "photo" => layers.Photo,
            "truth" => layers.Truth,
            "prediction" => layers.Prediction,
            "errors" => layers.Errors,
            _ => layers.Confidence,
        };
        if (address is null)
            return;
        int place = _places[name];
        string size = $"width=\"{layers.Width}\" height=\"{layers.Height}\"";
        string beneath = layer == "photo" || layers.Photo is null ? "" : $"<use href=\"#i{place}-photo\" />";
        page.Write($"<button type=\"button\" class=\"view\" data-layer=\"{layer}\" aria-label=\"{HtmlPage.Text($"{title} of {name}")}\">");
        page.Write($"<svg viewBox=\"0 0 {layers.Width} {layers.Height}\" aria-hidden=\"true\">{beneath}");
        page.Write($"<image id=\"i{place}-{layer}\" class=\"layer {layer}{(layers.Photo is null ? " alone" : "")}\" ");
        page.Write($"href=\"{address}\" {size} /></svg><span>{title}</span></button>\n");
    }
}
