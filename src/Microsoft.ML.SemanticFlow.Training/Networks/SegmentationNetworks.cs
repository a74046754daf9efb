// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Networks.Backbones;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The networks that can be trained.</summary>
public static class SegmentationNetworks
{
    private const string FirstPaper = "Li et al., Semantic Flow for Fast and Accurate Scene Parsing, ECCV 2020 (arXiv 2002.10120)";
    private const string SecondPaper = "Li et al., SFNet: Faster and Accurate Semantic Segmentation via Semantic Flow, IJCV 2023 (arXiv 2207.04415)";

    /// <summary>SFNet on DFNet-v1: the fastest. 8.4 million parameters; scores at stride 16.</summary>
    public static SegmentationNetworkInfo SFNetDF1 { get; } = new(
        "sfnet-dfv1", "SFNet on DFNet-v1", FirstPaper,
        classes => new SFNet(DFNet.V1(), classes, width: 64));

    /// <summary>The same, with deep supervision: a classifier on every level of the head while training.</summary>
    public static SegmentationNetworkInfo SFNetDF1DeeplySupervised { get; } = new(
        "sfnet-dfv1-dsn", "SFNet on DFNet-v1, deeply supervised", FirstPaper,
        classes => new SFNet(DFNet.V1(), classes, width: 64, deepSupervision: true));

    /// <summary>SFNet-Lite on ResNet-18: finer. 12.3 million parameters; scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetLiteR18 { get; } = new(
        "sfnet-lite-r18", "SFNet-Lite on ResNet-18", SecondPaper,
        classes => new SFNetLite(ResNet.Deep18(), classes, width: 128, laterals: [0, 2, 3], hasIdleClassifier: true));

    /// <summary>Every network, in the order of this table.</summary>
    public static IReadOnlyList<SegmentationNetworkInfo> All { get; } = [SFNetDF1, SFNetDF1DeeplySupervised, SFNetLiteR18];

    /// <summary>The network with an id.</summary>
    /// <param name="id">Such as <c>sfnet-dfv1</c>; upper and lower case are the same.</param>
    /// <exception cref="ArgumentException">No network has that id; the message lists the ids.</exception>
    public static SegmentationNetworkInfo Get(string id) =>
        All.FirstOrDefault(n => string.Equals(n.Id, id, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no network '{id}'; the networks are {string.Join(", ", All)}.", nameof(id));
}
