// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer;

[TestClass]
public sealed class LossScalerTests
{
    [TestMethod]
    public void Unscale_FiniteGradients_DividesThemByTheScale()
    {
        using var scope = NewDisposeScope();
        var scaler = new LossScaler();
        Parameter[] parameters = [Of(65536, -131072), Of(0, 32768), new(zeros(2))]; // the last has no gradient

        Assert.IsTrue(scaler.Unscale(parameters));

        CollectionAssert.AreEqual(new[] { 1f, -2f }, parameters[0].grad!.data<float>().ToArray());
        CollectionAssert.AreEqual(new[] { 0f, 0.5f }, parameters[1].grad!.data<float>().ToArray());
        Assert.AreEqual(65536, scaler.Scale);
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void Unscale_GradientOutOfRange_RefusesTheStepAndHalvesTheScale(float value)
    {
        using var scope = NewDisposeScope();
        var scaler = new LossScaler();

        Assert.IsFalse(scaler.Unscale([Of(1, 2), Of(3, value)]));

        Assert.AreEqual(32768, scaler.Scale);
    }

    [TestMethod]
    public void Unscale_ManyRefusedSteps_KeepsAScaleOfAtLeastOne()
    {
        using var scope = NewDisposeScope();
        var scaler = new LossScaler();

        for (int i = 0; i < 40; i++)
            scaler.Unscale([Of(float.NaN, 0)]);

        Assert.AreEqual(1, scaler.Scale);
    }

    [TestMethod]
    public void Unscale_TwoThousandStepsInARow_DoublesTheScale()
    {
        using var scope = NewDisposeScope();
        var scaler = new LossScaler();
        var parameter = Of(1, 1);
        Unscale(1000);
        parameter.grad = tensor(new[] { float.NaN, 0 });
        Unscale(1); // the row begins anew, at half
        parameter.grad = zeros(2);

        Unscale(1999);
        Assert.AreEqual(32768, scaler.Scale);
        Unscale(1);
        Assert.AreEqual(65536, scaler.Scale);

        void Unscale(int times)
        {
            for (int i = 0; i < times; i++)
                scaler.Unscale([parameter]);
        }
    }

    [TestMethod]
    public void Load_SavedState_GoesOnAtTheSameStep()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (new LossScaler(), new LossScaler());
        var parameter = Of(float.NaN, 0);
        first.Unscale([parameter]);
        parameter.grad = zeros(2);
        first.Unscale([parameter]);
        var state = first.State.ToTensor();

        second.State.Load(name => name == state.Key ? state.Value : null);

        Assert.AreEqual(32768, second.Scale);
        CollectionAssert.AreEqual(new[] { 32768d, 1d }, second.State.ToTensor().Value.data<double>().ToArray());
    }

    private static Parameter Of(float first, float second) => new(zeros(2)) { grad = tensor(new[] { first, second }) };
}
