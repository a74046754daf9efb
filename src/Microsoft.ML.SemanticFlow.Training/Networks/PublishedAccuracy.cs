// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>An accuracy as its authors state it.</summary>
/// <example>
/// <code>
/// foreach (var network in SegmentationNetworks.All.Where(network => network.Published is not null))
///     Console.WriteLine($"{network.Id}: {network.Published!.MeanIoU:f3} on {network.Published.Dataset}");
/// </code>
/// </example>
public sealed class PublishedAccuracy
{
    internal PublishedAccuracy(double meanIoU, string dataset) => (MeanIoU, Dataset) = (meanIoU, dataset);

    /// <summary>Mean intersection over union, in [0, 1]; papers print it in percent.</summary>
    public double MeanIoU { get; }

    /// <summary>The data set and its split, such as <c>Cityscapes val</c>.</summary>
    public string Dataset { get; }
}
