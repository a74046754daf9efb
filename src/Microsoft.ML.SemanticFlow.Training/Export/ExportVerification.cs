// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow;

/// <summary>How far an exported file's scores lie from the network's own, on an image drawn for it.</summary>
/// <remarks>Where several sizes were tried, the figures are those of the worst.</remarks>
/// <example>
/// <code>
/// var options = new CheckpointImportOptions { Network = SegmentationNetworks.SFNetR18, Labels = LabelMaps.Cityscapes };
/// using var imported = ml.SemanticSegmentation.ImportCheckpoint("sf_r18.pth", options);
/// ExportVerification verification = imported.Verification;
/// Console.WriteLine($"logits differ by {verification.LargestLogitDifference:g2}, {verification.ArgMaxAgreement:p2} of the pixels agree");
/// </code>
/// </example>
public sealed class ExportVerification
{
    internal ExportVerification(double largestLogitDifference, double logitRange, double argMaxAgreement, int height, int width) =>
        (LargestLogitDifference, LogitRange, ArgMaxAgreement, Height, Width) = (largestLogitDifference, logitRange, argMaxAgreement, height, width);

    /// <summary>The largest absolute difference between two logits.</summary>
    public double LargestLogitDifference { get; }

    /// <summary>The largest logit of the network less the smallest.</summary>
    public double LogitRange { get; }

    /// <summary>The share of pixels with the same largest class, in [0, 1].</summary>
    public double ArgMaxAgreement { get; }

    /// <summary>Rows of the image.</summary>
    public int Height { get; }

    /// <summary>Columns of the image.</summary>
    public int Width { get; }

    /// <summary>The figures in a sentence without a full stop.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"logits differ by at most {LargestLogitDifference:g3} over a range of {LogitRange:g3}; " +
        $"{ArgMaxAgreement:p3} of the pixels of an image of {Height} x {Width} get the same class");
}
