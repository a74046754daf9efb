// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using Microsoft.ML.SemanticFlow.Batches;
using Microsoft.ML.SemanticFlow.Reports;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The options that say which pictures and pages are written beside the masks.</summary>
internal sealed class PredictionPictures
{
    private const string OverlayEnding = "-overlay.png", ColorEnding = "-color.png", ConfidenceEnding = "-confidence.png", FlowEnding = "-flow.png";
    private const string PageEnding = "-explain.html", NumbersEnding = "-explain.json";

    private readonly Option<bool> _overlay = new("--overlay") { Description = "Also write NAME-overlay.png: the classes' colours over the image." };
    private readonly Option<bool> _color = new("--color") { Description = "Also write NAME-color.png: the classes in their colours." };
    private readonly Option<bool> _contour = new("--contour") { Description = "Draw lines along the borders of the classes in --overlay, --color and --sheet." };
    private readonly Option<bool> _legend = new("--legend") { Description = "Say beside --overlay, --color and --flow what the colours mean." };
    private readonly Option<bool> _confidence = new("--confidence")
    {
        Description = "Also write NAME-confidence.png: the probability of each pixel's class, 8-bit gray, 255 where it is 1.",
    };
    private readonly Option<bool> _flow = new("--flow")
    {
        Description = "Also write NAME-flow.png: the learned flow field, its direction as a hue and its length as how full that is. Of SFNet and SFNet-Lite.",
    };
    private readonly Option<bool> _explain = new("--explain")
    {
        Description = "Of one image also write NAME-explain.html: mask, confidence, entropy, second choice, flow and confusions; the numbers in NAME-explain.json.",
    };
    private readonly Option<string?> _sheet = new("--sheet")
    {
        Description = "Also write one contact sheet of all images, small: " +
            $"a page of at most {ContactSheet.MostOnAPage}, or a picture of {ContactSheet.MostInAPicture}, evenly chosen.",
        HelpName = "FILE.html|FILE.png",
    };

    private Option[] All => [_overlay, _color, _contour, _legend, _confidence, _flow, _explain, _sheet];

    public void AddTo(CliCommand command)
    {
        foreach (var option in All)
            command.Add(option);
    }

    /// <summary>What a command line asks for.</summary>
    /// <exception cref="UsageException">An option has nothing to work on, or the sheet is of no known kind.</exception>
    public Chosen Read(ParseResult parsed)
    {
        bool overlay = parsed.GetValue(_overlay), color = parsed.GetValue(_color), flow = parsed.GetValue(_flow);
        string? sheet = parsed.GetValue(_sheet);
        if (parsed.GetValue(_contour) && !overlay && !color && sheet is null)
            throw new UsageException("--contour draws in other pictures. Add --overlay, --color or --sheet.");
        if (parsed.GetValue(_legend) && !overlay && !color && !flow)
            throw new UsageException("--legend stands beside other pictures. Add --overlay, --color or --flow; a sheet has its own.");
        bool isPage = sheet is not null && HasEnding(sheet, ".html", ".htm");
        if (sheet is not null)
        {
            if (!isPage && !HasEnding(sheet, ".png", ".jpg", ".jpeg"))
                throw new UsageException($"--sheet '{sheet}' ends neither in .html nor in .png or .jpg, which says what it is. Name it so.");
            OutputFile.Try(sheet, _sheet.Name);
        }

        var options = new MaskPainterOptions
        {
            Contour = parsed.GetValue(_contour) ? new MaskContour() : null,
            Legend = parsed.GetValue(_legend) ? LegendPlacement.Right : null,
        };
        return new Chosen(overlay, color, parsed.GetValue(_confidence), flow, parsed.GetValue(_explain), sheet, isPage, options);
    }

    private static bool HasEnding(string path, params ReadOnlySpan<string> endings)
    {
        foreach (string ending in endings)
        {
            if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    /// <summary>The pictures and pages of one call.</summary>
    internal sealed record Chosen(bool Overlay, bool Color, bool Confidence, bool Flow, bool Explain, string? Sheet, bool IsSheetAPage, MaskPainterOptions Options)
    {
        private readonly MaskPainter _painter = new(Options);
        private ContactSheet? _sheet;

        /// <summary>What the files are called after their image.</summary>
        public IEnumerable<string> Endings =>
            new[] { (Overlay, OverlayEnding), (Color, ColorEnding), (Confidence, ConfidenceEnding), (Flow, FlowEnding), (Explain, PageEnding), (Explain, NumbersEnding) }
                .Where(file => file.Item1).Select(file => file.Item2);

        /// <summary>Checks the wishes against the images and the model, before the first is scored.</summary>
        /// <returns>What is written of each image, besides its mask.</returns>
        /// <exception cref="UsageException">A page of one image is asked for many, or the sheet would overwrite an image.</exception>
        /// <exception cref="InvalidDataException">The network has no flow.</exception>
        public FolderOutput Prepare(IReadOnlyList<ScoringJob> jobs, SegmentationModel model, Terminal terminal)
        {
            if (Explain && jobs.Count != 1)
                throw new UsageException($"--explain writes the page of one image, and --images names {jobs.Count}. Name one file.");
            if (Flow && !model.HasFlow)
                throw new InvalidDataException($"--flow: {model.Network} has no flow field; SFNet and SFNet-Lite learn one. Leave --flow out, or use such a model.");
            if (Sheet is not null)
            {
                string full = Path.GetFullPath(Sheet);
                if (jobs.FirstOrDefault(job => Path.GetFullPath(job.Image).Equals(full, RealPath.Comparison)) is { } same)
                    throw new UsageException($"--sheet '{Sheet}' would overwrite the image '{same.Image}'. Name another file.");
                if (jobs.Any(job => job.Files.Any(file => Path.GetFullPath(file).Equals(full, RealPath.Comparison))))
                    throw new UsageException($"--sheet '{Sheet}' would overwrite a mask or its picture. Name another file.");
                _sheet = new ContactSheet(jobs.Count, IsSheetAPage, Options);
                if (_sheet.Count < jobs.Count)
                    terminal.WriteLine($"--sheet: {_sheet.Count} of {jobs.Count} images, evenly chosen.");
            }

            var details = (Confidence ? PredictionDetails.Confidence : PredictionDetails.None)
                | (Overlay || Explain || _sheet is not null ? PredictionDetails.Image : PredictionDetails.None)
                | (Explain ? PredictionDetails.Probabilities : PredictionDetails.None)
                | (Flow || (Explain && model.HasFlow) ? PredictionDetails.Flow : PredictionDetails.None);
            string drawn = $"{string.Join(' ', Endings)}{(Options.Contour is null ? "" : " with contours")}{(Options.Legend is null ? "" : " with legends")}";
            return new FolderOutput([.. Endings], details, image => Save(image, model.Network)) { Kind = drawn };
        }

        /// <summary>Writes the sheet, where one is asked for and an image was scored.</summary>
        /// <returns>How many images it shows; null where there is none.</returns>
        public int? Finish(LabelMap labels, string title) => _sheet?.Save(Sheet!, labels, title); // there is a sheet where there is a file

        private void Save(ScoredImage image, string network)
        {
            var prediction = image.Prediction;
            if (Overlay)
                _painter.Overlay(prediction).Save(image.PathOf(OverlayEnding));
            if (Color)
                _painter.Colors(prediction.Mask).Save(image.PathOf(ColorEnding));
            if (Confidence)
                prediction.SaveConfidence(image.PathOf(ConfidenceEnding));
            if (Flow)
                _painter.Flow(prediction.Flow).Save(image.PathOf(FlowEnding));
            if (Explain)
                prediction.SaveReport(image.PathOf(PageEnding), $"{Path.GetFileName(image.Path)} as {network} sees it");
            _sheet?.Add(image.Index, image.Name, prediction);
        }
    }
}
