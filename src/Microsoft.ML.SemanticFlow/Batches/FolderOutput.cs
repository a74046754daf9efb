// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Files that are written for each image of a folder that is scored.</summary>
/// <example>
/// <code>
/// // A file of one's own beside each mask: the share of the road.
/// var shares = new FolderOutput(["-road.txt"], PredictionDetails.None, image =>
/// {
///     var ids = image.Prediction.Mask.Ids;
///     File.WriteAllText(image.PathOf("-road.txt"), $"{(double)ids.Count((byte)3) / ids.Length:f4}");
/// });
/// ml.SemanticSegmentation.ScoreFolder(segmenter, "photos", "masks", new FolderScoringOptions { Outputs = [FolderOutput.Mask(), shares] });
/// </code>
/// </example>
public sealed class FolderOutput
{
    private readonly Action<ScoredImage> _save;

    /// <summary>Files of a kind of your own.</summary>
    /// <param name="endings">What they are called after their image: <c>-x.png</c> is written to NAME-x.png. None for what writes no file of each image.</param>
    /// <param name="details">What predictions must hold for it.</param>
    /// <param name="save">Writes them, at <see cref="ScoredImage.PathOf"/> of each ending; called by several threads at once.</param>
    public FolderOutput(IReadOnlyList<string> endings, PredictionDetails details, Action<ScoredImage> save)
    {
        ArgumentNullException.ThrowIfNull(endings);
        ArgumentNullException.ThrowIfNull(save);
        (Endings, Details, Kind, _save) = (endings, details, string.Join(' ', endings), save);
    }

    /// <summary>What the files are called after their image.</summary>
    public IReadOnlyList<string> Endings { get; }

    /// <summary>What predictions must hold for it.</summary>
    public PredictionDetails Details { get; }

    /// <summary>What tells the files from others that are called alike: a ledger goes on with the same alone.</summary>
    internal string Kind { get; init; }

    /// <summary>NAME.png: the ids of the mask, as an 8-bit palette PNG.</summary>
    /// <param name="ids">Which ids.</param>
    public static FolderOutput Mask(MaskIds ids = MaskIds.Raw) =>
        new([".png"], PredictionDetails.None, image => image.Prediction.Mask.Save(image.PathOf(".png"), ids)) { Kind = ids == MaskIds.Raw ? ".png" : $".png of {ids} ids" };

    /// <summary>NAME-overlay.png: the classes' colours over the image.</summary>
    /// <param name="options">How they are drawn; null for the defaults.</param>
    public static FolderOutput Overlay(MaskPainterOptions? options = null)
    {
        var painter = new MaskPainter(options ?? new MaskPainterOptions());
        return new FolderOutput(["-overlay.png"], PredictionDetails.Image, image => painter.Overlay(image.Prediction).Save(image.PathOf("-overlay.png")));
    }

    /// <summary>NAME-color.png: the classes in their colours.</summary>
    /// <param name="options">How they are drawn; null for the defaults.</param>
    public static FolderOutput Color(MaskPainterOptions? options = null)
    {
        var painter = new MaskPainter(options ?? new MaskPainterOptions());
        return new FolderOutput(["-color.png"], PredictionDetails.None, image => painter.Colors(image.Prediction.Mask).Save(image.PathOf("-color.png")));
    }

    /// <summary>NAME-confidence.png: the probability of each pixel's class, as 8-bit gray.</summary>
    public static FolderOutput Confidence() =>
        new(["-confidence.png"], PredictionDetails.Confidence, image => image.Prediction.SaveConfidence(image.PathOf("-confidence.png")));

    internal void Save(ScoredImage image) => _save(image);
}
