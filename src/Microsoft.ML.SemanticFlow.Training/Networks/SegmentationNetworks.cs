// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Networks.Backbones;
using Microsoft.ML.SemanticFlow.Networks.Parts;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The networks of the papers, and the same on backbones whose ImageNet weights everybody has. All can be trained and are exported to ONNX.</summary>
/// <remarks>
/// Those of the papers take the authors' checkpoints. Ids ending in <c>-mlnet</c> or <c>-torchvision</c> are not theirs: the heads are the same, the
/// backbones those of ML.NET's package and of torchvision, without dilation and with one convolution of 7 x 7 as the stem.
/// Published accuracies and checkpoints are those that the authors' repository, github.com/lxtGH/SFSegNets, lists, and the papers where it
/// lists none. Their ResNets have a stem of three convolutions.
/// </remarks>
/// <example>
/// <code>
/// foreach (var network in SegmentationNetworks.All)
///     Console.WriteLine(network.Id);
/// </code>
/// </example>
public static class SegmentationNetworks
{
    private const string FeaturizerPackage = "Microsoft.ML.DnnImageFeaturizer.ResNet18";
    private const string FirstPaper = "Li et al., Semantic Flow for Fast and Accurate Scene Parsing, ECCV 2020 (arXiv 2002.10120), \"Network Architectures\"";
    private const string SecondPaper = "Li et al., SFNet: Faster and Accurate Semantic Segmentation via Semantic Flow, IJCV 2023 (arXiv 2207.04415), \"Network Architectures\"";
    private const string Lite = "Li et al., SFNet: Faster and Accurate Semantic Segmentation via Semantic Flow, IJCV 2023 (arXiv 2207.04415), \"SFNet-Lite\"";
    private const string Reasoning = "Li et al., Towards Efficient Scene Understanding via Squeeze Reasoning, TIP 2021 (arXiv 2011.03308), \"Network Architecture\"";

    /// <summary>SFNet on ResNet-18: the paper's main real-time network. Scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetR18 { get; } = new(
        "sfnet-r18", "SFNet on ResNet-18", FirstPaper, classes => new SFNet(ResNet.Deep18(), classes, width: 128))
    {
        OriginalName = "network.sfnet_resnet.DeepR18_SF_deeply",
        Published = OnCityscapesVal(0.790),
        Checkpoint = OnDrive("1X7w1HYrSXOJBkfRJuxtXdmR0BXUR-hR8"),
    };

    /// <summary>The same, with deep supervision: a classifier on every level of the head while training.</summary>
    public static SegmentationNetworkInfo SFNetR18DeeplySupervised { get; } = new(
        "sfnet-r18-dsn", "SFNet on ResNet-18, deeply supervised", FirstPaper, classes => new SFNet(ResNet.Deep18(), classes, width: 128, deepSupervision: true))
    {
        OriginalName = "network.sfnet_resnet.DeepR18_SF_deeply_dsn",
        Checkpoint = OnDrive("1-U6NzJ0vb3q4Ev7YZ5FkL9X0L__bozM2"),
    };

    /// <summary>SFNet on ResNet-50. Scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetR50 { get; } = new(
        "sfnet-r50", "SFNet on ResNet-50", FirstPaper, classes => new SFNet(ResNet.Deep50(), classes, width: 256))
    {
        OriginalName = "network.sfnet_resnet.DeepR50_SF_deeply",
        Published = OnCityscapesVal(0.804),
        Checkpoint = OnDrive("1oAOPISp_Rqva_9whsF7eE3pFxuGSc1Wf"),
    };

    /// <summary>SFNet on ResNet-101: the most accurate. Scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetR101 { get; } = new(
        "sfnet-r101", "SFNet on ResNet-101", FirstPaper, classes => new SFNet(ResNet.Deep101(), classes, width: 256))
    {
        OriginalName = "network.sfnet_resnet.DeepR101_SF_deeply",
        Published = OnCityscapesTest(0.818),
    };

    /// <summary>SFNet on DFNet-v1: the fastest. Scores at stride 16.</summary>
    public static SegmentationNetworkInfo SFNetDF1 { get; } = new(
        "sfnet-dfv1", "SFNet on DFNet-v1", FirstPaper, classes => new SFNet(DFNet.V1(), classes, width: 64))
    {
        OriginalName = "network.sfnet_dfnet.AlignedDFnetv1",
        Published = OnCityscapesVal(0.722),
        Checkpoint = OnDrive("1aP9d4QVbGvBTABOFvi-okOs6DmJU8njH"),
    };

    /// <summary>The same, with deep supervision: a classifier on every level of the head while training.</summary>
    public static SegmentationNetworkInfo SFNetDF1DeeplySupervised { get; } = new(
        "sfnet-dfv1-dsn", "SFNet on DFNet-v1, deeply supervised", FirstPaper, classes => new SFNet(DFNet.V1(), classes, width: 64, deepSupervision: true))
    {
        OriginalName = "network.sfnet_dfnet.AlignedDFnetv1_FPNDSN",
    };

    /// <summary>SFNet on DFNet-v2. Scores at stride 8.</summary>
    public static SegmentationNetworkInfo SFNetDF2 { get; } = new(
        "sfnet-dfv2", "SFNet on DFNet-v2", FirstPaper, classes => new SFNet(DFNet.V2(), classes, width: 64))
    {
        OriginalName = "network.sfnet_dfnet.AlignedDFnetv2",
        Published = OnCityscapesVal(0.758),
        Checkpoint = OnDrive("1iGE9IYImdrs5p0i3k85OoCQzuSUNhjNU"),
    };

    /// <summary>The same, with deep supervision: a classifier on every level of the head while training.</summary>
    public static SegmentationNetworkInfo SFNetDF2DeeplySupervised { get; } = new(
        "sfnet-dfv2-dsn", "SFNet on DFNet-v2, deeply supervised", FirstPaper, classes => new SFNet(DFNet.V2(), classes, width: 64, deepSupervision: true))
    {
        OriginalName = "network.sfnet_dfnet.AlignedDFnetv2_FPNDSN",
    };

    /// <summary>SFNet on STDC1. Scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetStdc1 { get; } = new(
        "sfnet-stdc1", "SFNet on STDC1", SecondPaper, classes => new SFNet(StdcNet.V1(), classes, width: 64))
    {
        OriginalName = "network.sfnet_stdcnet.AlignedSTDC1",
    };

    /// <summary>SFNet on STDC2. Scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetStdc2 { get; } = new(
        "sfnet-stdc2", "SFNet on STDC2", SecondPaper, classes => new SFNet(StdcNet.V2(), classes, width: 64))
    {
        OriginalName = "network.sfnet_stdcnet.AlignedSTDC2",
    };

    /// <summary>SFNet-Lite on ResNet-18: fine detail at moderate cost. Scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetLiteR18 { get; } = new(
        "sfnet-lite-r18", "SFNet-Lite on ResNet-18", Lite, classes => OnResNet(ResNet.Deep18(), classes))
    {
        OriginalName = "network.sfnet_resnet.DeepR18_SFV2_deeply_dsn_FA_Atten",
        Published = OnCityscapesTest(0.801),
        Checkpoint = OnDrive("1ifpyw3qEAzpzzKL_mZANrXJ_WfcaIWre"),
    };

    /// <summary>The same, with a gate made from the whole maps. Upstream: its head can build it, though no name of its own stands for it.</summary>
    public static SegmentationNetworkInfo SFNetLiteR18Spatial { get; } = new(
        "sfnet-lite-r18-spatial", "SFNet-Lite on ResNet-18, gate from the maps", Lite,
        classes => new SFNetLite(ResNet.Deep18(), classes, width: 128, laterals: [0, 2, 3], GateView.Maps));

    /// <summary>Not lite. Upstream: what it calls so on ResNet-101 builds the full, deeply supervised head, and its checkpoints hold that.</summary>
    public static SegmentationNetworkInfo SFNetLiteR101 { get; } = new(
        "sfnet-lite-r101", "SFNet on ResNet-101, deeply supervised", FirstPaper, classes => new SFNet(ResNet.Deep101(), classes, width: 256, deepSupervision: true))
    {
        OriginalName = "network.sfnet_resnet.DeepR101_SFV2_deeply_dsn_FA_Atten",
    };

    /// <summary>SFNet-Lite on STDC1: the fastest that scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetLiteStdc1 { get; } = new(
        "sfnet-lite-stdc1", "SFNet-Lite on STDC1", Lite, classes => new SFNetLite(StdcNet.V1(), classes, width: 128, laterals: [0, 2], GateView.Statistics))
    {
        OriginalName = "network.sfnet_stdcnet.AlignedSTDC1_SFV2_spatial_atten",
        Published = OnCityscapesTest(0.788),
        Checkpoint = OnDrive("1DAZhnklnBKIbQZprCB1N1TwdZwU0OL6f"),
    };

    /// <summary>SFNet-Lite on STDC2. Scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetLiteStdc2 { get; } = new(
        "sfnet-lite-stdc2", "SFNet-Lite on STDC2", Lite, classes => new SFNetLite(StdcNet.V2(), classes, width: 128, laterals: [0, 2], GateView.Statistics))
    {
        OriginalName = "network.sfnet_stdcnet.AlignedSTDC2_SFV2_spatial_atten",
        Checkpoint = OnDrive("1Xx5IRL80yu2ak9gCWWl4aXV1OdwhCsDG"),
    };

    /// <summary>SFNet-Lite on STDC1 with a gate made from the whole maps.</summary>
    public static SegmentationNetworkInfo SFNetLiteStdc1Spatial { get; } = new(
        "sfnet-lite-stdc1-spatial", "SFNet-Lite on STDC1, gate from the maps", Lite, classes => new SFNetLite(StdcNet.V1(), classes, width: 128, laterals: [0, 2], GateView.Maps))
    {
        OriginalName = "network.sfnet_stdcnet.AlignedSTDC1_SFV2",
    };

    /// <summary>SFNet-Lite on STDC2 with a gate made from the whole maps.</summary>
    public static SegmentationNetworkInfo SFNetLiteStdc2Spatial { get; } = new(
        "sfnet-lite-stdc2-spatial", "SFNet-Lite on STDC2, gate from the maps", Lite, classes => new SFNetLite(StdcNet.V2(), classes, width: 128, laterals: [0, 2], GateView.Maps))
    {
        OriginalName = "network.sfnet_stdcnet.AlignedSTDC2_SFV2",
    };

    /// <summary>SRNet on ResNet-50: squeeze reasoning instead of a pyramid, with an auxiliary classifier while training. Scores at stride 8.</summary>
    public static SegmentationNetworkInfo SRNetR50 { get; } = new(
        "srnet-r50", "SRNet on ResNet-50", Reasoning, classes => new SRNet(ResNet.Deep50(outputStride: 8), classes))
    {
        OriginalName = "network.srnet.SRNet_r50",
    };

    /// <summary>SRNet on ResNet-101. Scores at stride 8.</summary>
    public static SegmentationNetworkInfo SRNetR101 { get; } = new(
        "srnet-r101", "SRNet on ResNet-101", Reasoning, classes => new SRNet(ResNet.Deep101(outputStride: 8), classes))
    {
        OriginalName = "network.srnet.SRNet_r101",
    };

    /// <summary>SFNet-Lite on the ResNet-18 that ML.NET's image featurizer carries with its ImageNet weights. Scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetLiteR18MlNet { get; } = new(
        "sfnet-lite-r18-mlnet", "SFNet-Lite on ML.NET's ResNet-18", Lite, classes => OnResNet(ResNet.Featurizer18(), classes))
    {
        ImageNetPackage = FeaturizerPackage,
    };

    /// <summary>SFNet on the ResNet-18 that ML.NET's image featurizer carries with its ImageNet weights. Scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetR18MlNet { get; } = new(
        "sfnet-r18-mlnet", "SFNet on ML.NET's ResNet-18", FirstPaper, classes => new SFNet(ResNet.Featurizer18(), classes, width: 128))
    {
        ImageNetPackage = FeaturizerPackage,
    };

    /// <summary>SFNet-Lite on torchvision's ResNet-18, for its file of ImageNet weights. Scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetLiteR18TorchVision { get; } = new(
        "sfnet-lite-r18-torchvision", "SFNet-Lite on torchvision's ResNet-18", Lite, classes => OnResNet(ResNet.Plain18(), classes));

    /// <summary>SFNet-Lite on torchvision's ResNet-34, for its file of ImageNet weights. Scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetLiteR34TorchVision { get; } = new(
        "sfnet-lite-r34-torchvision", "SFNet-Lite on torchvision's ResNet-34", Lite, classes => OnResNet(ResNet.Plain34(), classes));

    /// <summary>SFNet-Lite on torchvision's ResNet-50, for its file of ImageNet weights. Scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetLiteR50TorchVision { get; } = new(
        "sfnet-lite-r50-torchvision", "SFNet-Lite on torchvision's ResNet-50", Lite, classes => OnResNet(ResNet.Plain50(), classes));

    /// <summary>SFNet-Lite on torchvision's ResNet-101, for its file of ImageNet weights. Scores at stride 4.</summary>
    public static SegmentationNetworkInfo SFNetLiteR101TorchVision { get; } = new(
        "sfnet-lite-r101-torchvision", "SFNet-Lite on torchvision's ResNet-101", Lite, classes => OnResNet(ResNet.Plain101(), classes));

    /// <summary>Every network, in the order of this table.</summary>
    public static IReadOnlyList<SegmentationNetworkInfo> All { get; } =
    [
        SFNetR18, SFNetR18DeeplySupervised, SFNetR50, SFNetR101,
        SFNetDF1, SFNetDF1DeeplySupervised, SFNetDF2, SFNetDF2DeeplySupervised,
        SFNetStdc1, SFNetStdc2,
        SFNetLiteR18, SFNetLiteR18Spatial, SFNetLiteR101,
        SFNetLiteStdc1, SFNetLiteStdc2, SFNetLiteStdc1Spatial, SFNetLiteStdc2Spatial,
        SRNetR50, SRNetR101,
        SFNetLiteR18MlNet, SFNetR18MlNet,
        SFNetLiteR18TorchVision, SFNetLiteR34TorchVision, SFNetLiteR50TorchVision, SFNetLiteR101TorchVision,
    ];

    /// <summary>The network with an id.</summary>
    /// <param name="id">Such as <c>sfnet-dfv1</c>; upper and lower case are the same.</param>
    /// <exception cref="ArgumentException">No network has that id; the message lists the ids.</exception>
    public static SegmentationNetworkInfo Get(string id) =>
        All.FirstOrDefault(n => string.Equals(n.Id, id, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no network '{id}'; the networks are {string.Join(", ", All)}.", nameof(id));

    private static SFNetLite OnResNet(ResNet backbone, int classes) => new(backbone, classes, width: 128, laterals: [0, 2, 3], GateView.Statistics);

    private static PublishedAccuracy OnCityscapesVal(double meanIoU) => new(meanIoU, "Cityscapes val");

    private static PublishedAccuracy OnCityscapesTest(double meanIoU) => new(meanIoU, "Cityscapes test");

    private static Uri OnDrive(string id) => new($"https://drive.google.com/file/d/{id}/view");
}
