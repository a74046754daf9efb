// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Training.Testing;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Networks;

/// <summary>What every network promises.</summary>
[TestClass]
[DoNotParallelize]
public sealed class NetworkContractTests
{
    public static IEnumerable<object[]> Ids => SegmentationNetworks.All.Select(n => new object[] { n.Id });

    public static IEnumerable<object[]> Shallow => Ids.Where(row => !DistinctNetworks.IsDeep((string)row[0]));

    public static IEnumerable<object[]> Deep => Ids.Where(row => DistinctNetworks.IsDeep((string)row[0]));

    [TestMethod]
    [DynamicData(nameof(Ids))]
    public void Forward_AnySize_GivesScoresAtTheImagesSize(string id)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var network = SegmentationNetworks.Get(id).Create(12);
        network.eval();

        foreach (var (height, width) in ((int, int)[])[(97, 161), (32, 32)])
        {
            var images = randn(2, 3, height, width);
            using var first = network.call(images);
            using var second = network.call(images);

            CollectionAssert.AreEqual(new long[] { 2, 12, height, width }, first.shape);
            Assert.IsTrue(first.Equals(second), "evaluation mode gives the same twice");
            Assert.IsTrue(first.isfinite().all().item<bool>());
        }
    }

    [TestMethod]
    [DynamicData(nameof(Shallow))]
    public void State_SavedAndLoadedIntoAnother_GivesTheSameScores(string id) => AssertStateComesBack(id);

    [TestMethod]
    [DynamicData(nameof(Ids))]
    public void Create_SameSeed_GivesTheSameWeights(string id)
    {
        random.manual_seed(3);
        using var first = SegmentationNetworks.Get(id).Create(5);
        random.manual_seed(3);
        using var second = SegmentationNetworks.Get(id).Create(5);

        var state = second.state_dict();
        foreach (var (name, weight) in first.state_dict())
            Assert.IsTrue(weight.Equals(state[name]), name);      // also not when one is not a number
    }

    [TestMethod]
    [DynamicData(nameof(Shallow))]
    public void TrainStep_OneBatch_LowersTheLossWithFiniteGradients(string id) => AssertStepLowersTheLoss(id);

    [TestMethod]
    [TestCategory("Nightly")]
    [DynamicData(nameof(Deep))]
    public void Contract_OfADeepNetwork_Holds(string id)
    {
        AssertStateComesBack(id);
        AssertStepLowersTheLoss(id);
        AssertStatedSpread(id);
    }

    [TestMethod]
    public void Predict_DeeplySupervised_GivesAuxiliaryOutputsOnlyInTraining()
    {
        using var scope = NewDisposeScope();
        using var network = SegmentationNetworks.SFNetDF1DeeplySupervised.Create(4);
        var images = randn(2, 3, 96, 128);

        var training = network.Predict(images);
        network.eval();
        var evaluating = network.Predict(images);

        Assert.HasCount(2, training.Auxiliary);
        CollectionAssert.AreEqual(new long[] { 2, 4, 3, 4 }, training.Auxiliary[0].shape);      // coarse first: stride 32
        CollectionAssert.AreEqual(new long[] { 2, 4, 6, 8 }, training.Auxiliary[1].shape);      // stride 16
        Assert.IsEmpty(evaluating.Auxiliary);
    }

    [TestMethod]
    public void Get_UnknownId_NamesTheKnownOnes()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => SegmentationNetworks.Get("sfnet-df1"));

        Assert.Contains("'sfnet-df1'", error.Message);
        foreach (var network in SegmentationNetworks.All) Assert.Contains(network.Id, error.Message);
        Assert.AreSame(SegmentationNetworks.SFNetDF1, SegmentationNetworks.Get("SFNet-DFv1"));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(255)]
    public void Create_ClassCountOutsideAMasksByte_IsRefused(int classes) =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SegmentationNetworks.SFNetDF1.Create(classes));

    [TestMethod]
    [DynamicData(nameof(Shallow))]
    public void HeNormal_EveryConvolutionBeforeANorm_HasTheStatedSpread(string id) => AssertStatedSpread(id);

    private static void AssertStateComesBack(string id)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var network = SegmentationNetworks.Get(id).Create(5);
        using var other = SegmentationNetworks.Get(id).Create(5);
        network.eval();
        other.eval();
        using var stream = new MemoryStream();
        using var images = randn(1, 3, 64, 64);

        network.save(stream);
        other.load(new MemoryStream(stream.ToArray()));      // save closes its stream

        Assert.IsTrue(network.call(images).Equals(other.call(images)));
    }

    private static void AssertStepLowersTheLoss(string id)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        using var network = SegmentationNetworks.Get(id).Create(4);
        WeightInitialization.HeNormal(network);
        network.TrainWithoutDropout();
        var images = randn(2, 3, 96, 128);
        var labels = images.sum(1).gt(0).to(ScalarType.Int64);
        var loss = new DeepSupervision(new CrossEntropy());
        using var optimizer = optim.SGD(network.parameters(), 0.01);

        float before = Step();
        float after = Step();

        Assert.IsLessThan(before, after);
        string[] without = [.. network.named_parameters().Where(p => p.parameter.grad is null).Select(p => p.name)];
        CollectionAssert.AreEqual(network.named_parameters().Select(p => p.name).Where(name => IsIdle(id, name)).ToArray(), without);
        foreach (var (name, parameter) in network.named_parameters().Where(p => p.parameter.grad is not null))
            Assert.IsTrue(parameter.grad!.isfinite().all().item<bool>(), name);

        float Step()
        {
            optimizer.zero_grad();
            using var value = loss.Compute(network.Predict(images), labels);
            value.backward();
            optimizer.step();
            return value.item<float>();
        }
    }

    private static void AssertStatedSpread(string id)
    {
        random.manual_seed(1);
        using var network = SegmentationNetworks.Get(id).Create(11);
        var before = network.state_dict().ToDictionary(p => p.Key, p => p.Value.clone());

        WeightInitialization.HeNormal(network);

        var state = network.state_dict();
        string[] changed = [.. network.named_parameters().Select(p => p.name).Where(k => !state[k].Equals(before[k]))];
        string[] expected = [.. network.named_parameters().Select(p => p.name).Where(k => k.EndsWith(".weight", StringComparison.Ordinal) && state[k].dim() == 4 && !IsDefault(k))];
        CollectionAssert.AreEquivalent(expected, changed, string.Join(" ", expected.Except(changed)));
        foreach (string name in changed)
        {
            var weight = state[name];
            double stated = Math.Sqrt(2.0 / (weight.size(0) * weight.size(2) * weight.size(3)));
            Assert.AreEqual(stated, weight.std().item<float>(), 0.2 * stated, name);      // the smallest has 864 values: 2.4 % a standard error
        }

        static bool IsDefault(string name) => name.Contains("down_", StringComparison.Ordinal) || name.Contains("flow_", StringComparison.Ordinal)
            || name is "head.conv_last.1.weight" or "head.in_module.weight" or "head.module.t.weight" or "head.module.p.weight" or "head.module.g.weight" or "head.module.z.weight"
            || name.EndsWith(".4.weight", StringComparison.Ordinal);
    }

    /// <summary>Parameters of the original's state dict that nothing uses: of the head of SFNet-Lite, and of STDC's classifier for ImageNet.</summary>
    private static bool IsIdle(string id, string name) =>
        id.StartsWith("sfnet-lite-", StringComparison.Ordinal) && id != "sfnet-lite-r101"
            && (name.StartsWith("head.dsn.", StringComparison.Ordinal) || name.StartsWith("head.fpn_in.2.", StringComparison.Ordinal))
        || ((string[])["backbone.conv_last.", "backbone.fc.", "backbone.bn.", "backbone.linear."]).Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
