// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using CsCheck;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints;

/// <summary>What is for what, on a few small tensors.</summary>
[TestClass]
[DoNotParallelize]
public sealed class WeightMatchTests : IDisposable
{
    private static readonly Func<string, bool> _none = _ => false;

    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    private enum Fault { None, Missing, OtherShape, Integers, NotFinite }

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    [DataRow("features.0.weight")]
    [DataRow("x2.0.0.weight")]
    public void Check_FileHasOneOfTwoNames_IsWhole(string name)
    {
        var weight = zeros(2);

        var report = Load(TwoNames(weight), new() { [name] = tensor(new[] { 3f, 4 }) });

        CollectionAssert.AreEqual(new[] { "features.0.weight" }, report.Loaded.ToArray());
        Assert.IsTrue(weight.Equals(tensor(new[] { 3f, 4 })));
    }

    [TestMethod]
    public void Check_FileHasBothNamesWithTheSameValues_IsWhole()
    {
        var weight = zeros(2);

        var report = Load(TwoNames(weight), new() { ["features.0.weight"] = ones(2), ["x2.0.0.weight"] = ones(2) });

        CollectionAssert.AreEqual(new[] { "features.0.weight" }, report.Loaded.ToArray());
        Assert.IsTrue(weight.Equals(ones(2)));
    }

    [TestMethod]
    public void Check_FileHasBothNamesWithOtherValues_SaysSo()
    {
        var report = Load(TwoNames(zeros(2)), new() { ["features.0.weight"] = ones(2), ["x2.0.0.weight"] = zeros(2) });

        Assert.IsFalse(report.IsLoaded);
        Assert.AreEqual("other values as 'x2.0.0.weight' than as 'features.0.weight'", report.Unusable["features.0.weight"]);
    }

    [TestMethod]
    public void Check_FileHasANameWithAndWithoutPrefix_TakesThemOnlyIfTheyAgree()
    {
        var report = Load(new() { ["a"] = zeros(2) }, new() { ["a"] = ones(2), ["module.a"] = zeros(2) });

        Assert.IsFalse(report.IsLoaded);
        StringAssert.Contains(report.Unusable["a"], "'module.a'");
    }

    [TestMethod]
    [DataRow("layer1.2.conv.weight", true)]
    [DataRow("layer1.1.other.weight", false)]
    [DataRow("layer2.0.conv.weight", false)]
    [DataRow("layer1.1.row.3.weight", true)]
    [DataRow("0.weight", false)]
    public void IsLaterBlock_Names_FollowTheNetworksRows(string name, bool expected)
    {
        using var file = TensorFormats.Open(WeightFile.Write(_folder["f.safetensors"], []));
        var match = WeightMatch.Of(file, new Dictionary<string, Tensor> { ["layer1.0.conv.weight"] = zeros(1), ["layer1.1.row.0.weight"] = zeros(1) }, other => other);

        Assert.AreEqual(expected, match.IsLaterBlock(name));
    }

    [TestMethod]
    public void Check_AnyFaults_ReportsEachOnceAndNothingElse() =>
        Gen.Enum<Fault>().Array[1, 12].Sample(faults =>
        {
            using var scope = NewDisposeScope();
            var weights = faults.Select((_, i) => KeyValuePair.Create($"m.{i}", zeros(2, 3))).ToDictionary();
            var file = faults.Select((fault, i) => (Name: $"m.{i}", Value: Values(fault)))
                .Where(pair => pair.Value is not null).ToDictionary(pair => pair.Name, pair => pair.Value!);

            var report = Load(weights, file);

            string[] Of(params Fault[] wanted) => [.. faults.Index().Where(pair => wanted.Contains(pair.Item)).Select(pair => $"m.{pair.Index}")];
            CollectionAssert.AreEqual(Of(Fault.None), report.Loaded.ToArray());
            CollectionAssert.AreEqual(Of(Fault.Missing), report.Missing.ToArray());
            CollectionAssert.AreEqual(Of(Fault.OtherShape), report.MisShaped.Select(mismatch => mismatch.Name).ToArray());
            CollectionAssert.AreEqual(Of(Fault.Integers, Fault.NotFinite), report.Unusable.Keys.ToArray());
            Assert.AreEqual(faults.All(fault => fault == Fault.None), report.IsLoaded);
        }, iter: 50, threads: 1);

    [TestMethod]
    [DataRow("a.b", "a.b")]
    [DataRow("a.b|a.c|d", "a.b, a.c, d")]
    [DataRow("h.d.0.w|h.d.0.b|h.d.1.w|h.d.1.b|h.d.2.w|h.d.2.b|h.d.3.w", "h.d.* (7)")]
    [DataRow("a.0.w|a.0.b|a.1.w|a.1.b|c|d.e.w|d.e.b", "a.* (4), c, d.e.* (2)")]
    [DataRow("a.1|b.1|c.1|d.1|e.1|f.1|g.1|g.2", "a.1, b.1, c.1, d.1, e.1 and 2 more")]
    public void Group_Names_AreToldInFewWords(string names, string expected) => Assert.AreEqual(expected, WeightNames.Group(names.Split('|')));

    private static Dictionary<string, Tensor> TwoNames(Tensor weight) => new() { ["features.0.weight"] = weight, ["x2.0.0.weight"] = weight.alias() };

    private static Tensor? Values(Fault fault) => fault switch
    {
        Fault.Missing => null,
        Fault.OtherShape => zeros(3, 2),
        Fault.Integers => zeros(2, 3, dtype: ScalarType.Int32),
        Fault.NotFinite => full(2, 3, double.NegativeInfinity, dtype: ScalarType.Float32),
        _ => ones(2, 3),
    };

    private WeightReport Load(Dictionary<string, Tensor> weights, Dictionary<string, Tensor> tensors)
    {
        using var file = TensorFormats.Open(WeightFile.Write(_folder["f.safetensors"], tensors));
        var match = WeightMatch.Of(file, weights, name => name);
        var report = match.Check(_none, _none);
        match.Copy();
        return report;
    }
}
