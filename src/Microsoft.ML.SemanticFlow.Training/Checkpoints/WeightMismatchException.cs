// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A file of weights is whole, and does not fit the network; no weight was changed. The message names the faults, long lists of them in groups.</summary>
/// <example>
/// <code>
/// try
/// {
///     ml.SemanticSegmentation.ImportCheckpoint("sf_r18.pth", new CheckpointImportOptions { Network = SegmentationNetworks.SFNetDF1, Labels = LabelMaps.Cityscapes }).Dispose();
/// }
/// catch (WeightMismatchException e)
/// {
///     Console.Error.WriteLine($"{e.Report.Missing.Count} tensors are missing");      // the file is of another network
/// }
/// </code>
/// </example>
[SuppressMessage("Design", "CA1032", Justification = "Only the loading of weights throws it.")]
public sealed class WeightMismatchException : Exception
{
    internal WeightMismatchException(string message, WeightReport report) : base(message) => Report = report;

    /// <summary>Every fault by name, and what would have fitted.</summary>
    public WeightReport Report { get; }
}
