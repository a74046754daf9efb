// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints;

/// <summary>Files named as the authors' ImageNet weights are, into the backbones of networks.</summary>
[TestClass]
[DoNotParallelize]
public sealed class BackboneWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    // The numbers are those of the original's modules, less their classifiers.
    [TestMethod]
    [DataRow("sfnet-r18", 138)]
    [DataRow("srnet-r50", 330)]
    [DataRow("sfnet-dfv2", 288)]
    [DataRow("sfnet-lite-stdc1", 174)]
    [DataRow("sfnet-lite-r18-torchvision", 120)]
    [DataRow("sfnet-lite-r34-torchvision", 216)]
    [DataRow("sfnet-lite-r50-torchvision", 318)]
    [DataRow("sfnet-lite-r101-torchvision", 624)]
    public void LoadBackbone_FileOfTheBackbone_LoadsAllOfItAndNothingElse(string id, int tensors)
    {
        var info = SegmentationNetworks.Get(id);
        var file = ImageNet(info);
        string path = WeightFile.Write(_folder["w.safetensors"], file);
        var before = WeightFile.StateOf(info, 2, seed: 1);
        random.manual_seed(1);
        using var network = info.Create(2);

        var report = WeightLoader.LoadBackbone(path, network, info);

        Assert.HasCount(tensors, report.Loaded);
        Assert.IsEmpty(report.Unexpected);
        foreach (var (name, weight) in network.state_dict())
            Assert.IsTrue(weight.Equals(NameInFile(name) is { } source && !IsClassifiers(source) ? file[source] : before[name]), name);
    }

    [TestMethod]
    [DataRow("sfnet-lite-r18", "sfnet-lite-r18-torchvision", "missing")]
    [DataRow("sfnet-lite-r18-torchvision", "sfnet-lite-r18-mlnet", "of blocks that the network does not have")]
    [DataRow("sfnet-r50", "sfnet-r101", "of blocks that the network does not have")]
    [DataRow("sfnet-r50", "sfnet-r18", "missing")]
    [DataRow("sfnet-r18", "sfnet-r50", "of another shape")]
    [DataRow("sfnet-dfv1", "sfnet-dfv2", "missing")]
    [DataRow("sfnet-r18", "sfnet-dfv1", "holds no tensor of the backbone of sfnet-r18: its names are fc.weight, stage1.0.weight")]
    [DataRow("sfnet-stdc1", "sfnet-stdc2", "of blocks that the network does not have")]
    public void LoadBackbone_FileOfAnotherBackbone_IsRefused(string network, string other, string expected)
    {
        var info = SegmentationNetworks.Get(network);
        string path = WeightFile.Write(_folder["w.safetensors"], ImageNet(SegmentationNetworks.Get(other)));
        using var target = info.Create(2);

        var thrown = Assert.ThrowsExactly<WeightMismatchException>(() => WeightLoader.LoadBackbone(path, target, info));

        StringAssert.Contains(thrown.Message, expected);
    }

    [TestMethod]
    public void LoadBackbone_CheckpointOfTheWholeNetwork_PointsToStartingFromIt()
    {
        var info = SegmentationNetworks.SFNetDF1;
        string path = WeightFile.Write(_folder["w.safetensors"], WeightFile.StateOf(info, 19));
        using var network = info.Create(19);

        var thrown = Assert.ThrowsExactly<WeightMismatchException>(() => WeightLoader.LoadBackbone(path, network, info));

        StringAssert.Contains(thrown.Message, "the whole network sfnet-dfv1");
    }

    /// <summary>Random weights under the names of the authors' ImageNet file, with a classifier for ImageNet.</summary>
    internal static Dictionary<string, Tensor> ImageNet(SegmentationNetworkInfo info) =>
        WeightFile.StateOf(info, 2).Where(pair => NameInFile(pair.Key) is not null).ToDictionary(pair => NameInFile(pair.Key)!, pair => pair.Value)
            .With("fc.weight", ones(1000, 8));

    // The original keeps a ResNet's stages in the network itself and every other backbone as 'backbone'.
    private static string? NameInFile(string name) => name.Split('.', 3) switch
    {
        ["backbone", ..] => name["backbone.".Length..],
        ["layer0", "0", var rest] => $"conv1.{rest}",
        ["layer0", "1", var rest] => $"bn1.{rest}",
        ["layer1" or "layer2" or "layer3" or "layer4", ..] => name,
        _ => null,
    };

    private static bool IsClassifiers(string source) => source.Split('.')[0] is "conv_last" or "fc" or "bn" or "linear";
}
