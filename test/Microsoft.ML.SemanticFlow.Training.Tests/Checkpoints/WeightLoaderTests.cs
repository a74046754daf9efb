// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints;

/// <summary>Whole checkpoints into networks of full size.</summary>
[TestClass]
[DoNotParallelize]
public sealed class WeightLoaderTests : IDisposable
{
    private const int Classes = 5;
    private const string First = "backbone.stage1.0.weight", Norm = "backbone.stage1.1.weight", Classifier = "head.conv_last.1.weight", ClassifierBias = "head.conv_last.1.bias";

    private static readonly SegmentationNetworkInfo _info = SegmentationNetworks.SFNetDF1;

    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("module.")]
    [DataRow("_orig_mod.module.")]
    [DataRow("module._orig_mod.")]
    public void Load_NamesWithPrefixes_LoadsEveryTensor(string prefix)
    {
        var state = WeightFile.StateOf(_info, Classes);

        AssertLoads(state.Renamed(name => prefix + name), expected: state);
    }

    [TestMethod]
    public void Load_OnlySomeNamesWithAPrefix_LoadsEveryTensor()
    {
        var state = WeightFile.StateOf(_info, Classes);

        AssertLoads(state.Renamed(name => name.StartsWith("head", StringComparison.Ordinal) ? "module." + name : name), expected: state);
    }

    [TestMethod]
    [DataRow(ScalarType.Float16)]
    [DataRow(ScalarType.BFloat16)]
    [DataRow(ScalarType.Float64)]
    public void Load_OtherFloatingPoint_IsConverted(ScalarType type)
    {
        var state = WeightFile.StateOf(_info, Classes);
        var converted = state.ToDictionary(pair => pair.Key, pair => pair.Value.is_floating_point() ? pair.Value.to(type) : pair.Value);

        AssertLoads(converted, expected: converted.ToDictionary(pair => pair.Key, pair => pair.Value.to(state[pair.Key].dtype)));
    }

    [TestMethod]
    public void Load_WithoutBatchCounts_IsWhole()
    {
        var state = WeightFile.StateOf(_info, Classes).Without(name => name.EndsWith("num_batches_tracked", StringComparison.Ordinal));

        AssertLoads(state, expected: state);
    }

    [TestMethod]
    public void Load_MoreThanTheNetworkNeeds_SaysWhatWasNotUsed()
    {
        var plain = WeightFile.StateOf(_info, Classes);
        var supervised = WeightFile.StateOf(SegmentationNetworks.SFNetDF1DeeplySupervised, Classes);

        var report = AssertLoads(supervised.With("module.criterion.weight", ones(Classes)), expected: supervised.Where(pair => plain.ContainsKey(pair.Key)).ToDictionary());

        // Two auxiliary classifiers of a convolution and a norm (2 + 5 tensors) and a convolution (2), and the loss's weights.
        CollectionAssert.AreEquivalent(supervised.Keys.Except(plain.Keys).Append("module.criterion.weight").ToArray(), report.Unexpected.ToArray());
        Assert.HasCount(19, report.Unexpected);
        StringAssert.Contains(report.ToString(), "19 in the file not used: head.dsn.* (18), module.criterion.weight");
    }

    [TestMethod]
    public void Load_ManyFaults_NamesThemAllAndChangesNothing()
    {
        var state = WeightFile.StateOf(_info, Classes)
            .Without(name => name is "head.ppm.bottleneck.0.weight")
            .With(First, zeros(16, 3, 3, 3))
            .With(Norm, ones(32, ScalarType.Int64))
            .With("backbone.stage1.1.bias", full(32, float.NaN))
            .With("head.conv_last.0.1.running_var", full(64, 1e39, ScalarType.Float64)) // beyond float32
            .With("backbone.stage3.3.conv1.weight", zeros(1));

        var (thrown, report) = AssertRefuses(state);

        CollectionAssert.AreEqual(new[] { "head.ppm.bottleneck.0.weight" }, report.Missing.ToArray());
        Assert.AreEqual($"{First} [16, 3, 3, 3] where [32, 3, 3, 3] is due", report.MisShaped.Single().ToString());
        CollectionAssert.AreEquivalent(new[] { Norm, "backbone.stage1.1.bias", "head.conv_last.0.1.running_var" }, report.Unusable.Keys.ToArray());
        CollectionAssert.AreEqual(new[] { "backbone.stage3.3.conv1.weight" }, report.Surplus.ToArray()); // stage3 has blocks 0 to 2
        foreach (string name in (string[])["head.ppm.bottleneck.0.weight", First, Norm, "Int64", "not finite", "stage3.3", "sfnet-dfv1 with 5 classes"])
            StringAssert.Contains(thrown.Message, name);
    }

    [TestMethod]
    public void Load_NoNameMatches_ShowsNamesOfBothSides()
    {
        var (thrown, report) = AssertRefuses(new() { ["encoder.conv.weight"] = zeros(2) });

        Assert.IsEmpty(report.Loaded);
        CollectionAssert.AreEqual(new[] { "encoder.conv.weight" }, report.Unexpected.ToArray());
        StringAssert.Contains(thrown.Message, "its names are encoder.conv.weight; the network's are backbone.stage1.0.weight, backbone.stage1.1.weight");
        Assert.IsFalse(thrown.Message.Contains("looks like", StringComparison.Ordinal), thrown.Message);
    }

    [TestMethod]
    public void Load_CheckpointOfAnotherNetwork_GuessesItAndItsClasses()
    {
        var (thrown, _) = AssertRefuses(WeightFile.StateOf(SegmentationNetworks.SFNetLiteR18, 11).Renamed(name => "module." + name));

        StringAssert.Contains(thrown.Message, "looks like a checkpoint of sfnet-lite-r18 with 11 classes");
    }

    [TestMethod]
    public void Load_ImageNetWeightsOfTheBackbone_SaysWhatTheyAreFor()
    {
        var (thrown, _) = AssertRefuses(BackboneWeightsTests.ImageNet(_info));

        StringAssert.Contains(thrown.Message, "ImageNet weights of the backbone of sfnet-dfv1");
    }

    [TestMethod]
    public void Load_DeeperNetworkWithAllThatIsNeeded_IsRefused()
    {
        var info = SegmentationNetworks.SFNetR50;
        string path = WeightFile.Write(_folder["w.safetensors"], WeightFile.StateOf(SegmentationNetworks.SFNetR101, Classes));
        using var network = info.Create(Classes);

        var thrown = Assert.ThrowsExactly<WeightMismatchException>(() => WeightLoader.Load(path, network, info, allowClassifierMismatch: false));

        // Blocks 6 to 22 of layer3, each of three convolutions (1 tensor) and norms (5).
        StringAssert.Contains(thrown.Message, $"{17 * 3 * 6} of blocks that the network does not have: layer3.* (306)");
        StringAssert.Contains(thrown.Message, "looks like a checkpoint of sfnet-r101 with 5 classes");
    }

    [TestMethod]
    public void Load_OtherClasses_SaysHowManyAndWhatToDo()
    {
        var (thrown, report) = AssertRefuses(WeightFile.StateOf(_info, 19));

        CollectionAssert.AreEqual(new[] { Classifier, ClassifierBias }, report.MisShaped.Select(mismatch => mismatch.Name).ToArray());
        StringAssert.Contains(thrown.Message, "trained on 19 classes");
    }

    [TestMethod]
    public void Load_OtherClassesAllowed_KeepsTheClassifiersAsTheyAre()
    {
        var info = SegmentationNetworks.SFNetDF1DeeplySupervised;
        var state = WeightFile.StateOf(info, 19);
        var before = WeightFile.StateOf(info, Classes, seed: 8);
        string path = WeightFile.Write(_folder["w.safetensors"], state);
        random.manual_seed(8);
        using var network = info.Create(Classes);

        var report = WeightLoader.Load(path, network, info, allowClassifierMismatch: true);

        string[] classifiers = [Classifier, ClassifierBias, "head.dsn.0.4.weight", "head.dsn.0.4.bias", "head.dsn.1.4.weight", "head.dsn.1.4.bias"];
        CollectionAssert.AreEquivalent(classifiers, report.Untrained.Select(mismatch => mismatch.Name).ToArray());
        foreach (var (name, weight) in network.state_dict())
            Assert.IsTrue(weight.Equals(classifiers.Contains(name) ? before[name] : state[name]), name);
    }

    [TestMethod]
    public void Load_OtherClassesAllowed_StillNeedsTheRest()
    {
        string path = WeightFile.Write(_folder["w.safetensors"], WeightFile.StateOf(_info, 19).Without(name => name == First));
        using var network = _info.Create(Classes);

        var thrown = Assert.ThrowsExactly<WeightMismatchException>(() => WeightLoader.Load(path, network, _info, allowClassifierMismatch: true));

        StringAssert.Contains(thrown.Message, $"1 missing: {First}");
    }

    [TestMethod]
    public void Load_AnotherNetworkWithClassifierMismatch_LeavesTheSeededRunAsItWas()
    {
        string path = WeightFile.Write(_folder["w.safetensors"], WeightFile.StateOf(_info, 19));
        using var network = _info.Create(Classes);
        random.manual_seed(3);
        var expected = rand(4);
        random.manual_seed(3);

        WeightLoader.Load(path, network, _info, allowClassifierMismatch: true);

        Assert.IsTrue(expected.Equals(rand(4)));
    }

    [TestMethod]
    public void Load_SameClassesInAnotherOrder_BringsEveryClassifierIntoOrder()
    {
        var info = SegmentationNetworks.SFNetDF1DeeplySupervised;
        var state = WeightFile.StateOf(info, 3);
        string path = WeightFile.Write(_folder["w.safetensors"], state, "car", "road", "sky");
        using var network = info.Create(3);

        var report = WeightLoader.Load(path, network, info, allowClassifierMismatch: false, LabelMap.FromClassNames("mine", "road", "sky", "car"));

        StringAssert.Contains(report.ToString(), "the same classes in another order");
        foreach (var (name, weight) in network.state_dict())
        {
            bool isClassifier = name is Classifier or ClassifierBias or "head.dsn.0.4.weight" or "head.dsn.0.4.bias" or "head.dsn.1.4.weight" or "head.dsn.1.4.bias";
            Assert.IsTrue(weight.Equals(isClassifier ? cat([state[name][1..3], state[name][0..1]]) : state[name]), name);
        }
    }

    // 'road' is known to the file, and one of three would not make a classifier.
    [TestMethod]
    public void Load_AsManyClassesOfOtherNames_KeepsTheClassifierAsItIs()
    {
        var state = WeightFile.StateOf(_info, 3);
        var before = WeightFile.StateOf(_info, 3, seed: 8);
        string path = WeightFile.Write(_folder["w.safetensors"], state, "car", "road", "sky");
        random.manual_seed(8);
        using var network = _info.Create(3);

        var report = WeightLoader.Load(path, network, _info, allowClassifierMismatch: true, LabelMap.FromClassNames("mine", "cell", "road", "nucleus"));

        StringAssert.Contains(report.ToString(), "'mine' calls class 0 'cell', the file calls it 'car'");
        foreach (var (name, weight) in network.state_dict())
            Assert.IsTrue(weight.Equals(name is Classifier or ClassifierBias ? before[name] : state[name]), name);
    }

    [TestMethod]
    [DataRow("class 0", "class 1", "class 2", DisplayName = "imported with a number of classes")]
    [DataRow(DisplayName = "without a table")]
    public void Load_FileThatDoesNotNameItsClasses_SaysThatTheyAreTakenInOrder(params string[] names)
    {
        var state = WeightFile.StateOf(_info, 3);
        string path = WeightFile.Write(_folder["w.safetensors"], state, names);
        using var network = _info.Create(3);

        var report = WeightLoader.Load(path, network, _info, allowClassifierMismatch: true, LabelMap.FromClassNames("mine", "a", "b", "c"));

        StringAssert.Contains(report.ToString(), "does not name its classes");
        Assert.IsTrue(network.state_dict()[Classifier].Equals(state[Classifier]));
    }

    private WeightReport AssertLoads(Dictionary<string, Tensor> file, Dictionary<string, Tensor> expected)
    {
        string path = WeightFile.Write(_folder["w.safetensors"], file);
        using var network = _info.Create(Classes);

        var report = WeightLoader.Load(path, network, _info, allowClassifierMismatch: false);

        var state = network.state_dict();
        CollectionAssert.AreEquivalent(expected.Keys, report.Loaded.ToArray());
        foreach (var (name, value) in expected)
            Assert.IsTrue(state[name].Equals(value), name);
        return report;
    }

    private (WeightMismatchException Thrown, WeightReport Report) AssertRefuses(Dictionary<string, Tensor> file)
    {
        string path = WeightFile.Write(_folder["w.safetensors"], file);
        random.manual_seed(9);
        using var network = _info.Create(Classes);

        var thrown = Assert.ThrowsExactly<WeightMismatchException>(() => WeightLoader.Load(path, network, _info, allowClassifierMismatch: false));

        var before = WeightFile.StateOf(_info, Classes, seed: 9);
        foreach (var (name, weight) in network.state_dict())
            Assert.IsTrue(weight.Equals(before[name]), name);
        StringAssert.StartsWith(thrown.Message, path);
        return (thrown, thrown.Report);
    }
}
