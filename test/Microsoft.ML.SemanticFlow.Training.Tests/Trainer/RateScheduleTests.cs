// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Trainer.Schedules;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
public sealed class RateScheduleTests
{
    private const int StepsPerEpoch = 3;
    private const double Rounding = 1e-15; // two roundings of a double near 1

    [TestMethod]
    public void Factor_OfEachEpoch_IsThatOfTheOriginal()
    {
        foreach (var golden in Golden())
        {
            double[] expected = Numbers(golden, "factor_at_epoch_0..max");
            var schedule = Of(Options(golden), stepsPerEpoch: 1);

            for (int epoch = 0; epoch < expected.Length; epoch++)
                Assert.AreEqual(expected[epoch], schedule.Factor(epoch), Rounding, $"{golden.GetProperty("schedule")}, epoch {epoch}");
        }
    }

    [TestMethod]
    public void Rate_HeldForAnEpoch_IsThatOfTheOriginalSteppedAfterEachEpoch()
    {
        foreach (var golden in Golden())
        {
            double[] expected = Numbers(golden, "lr_during_epoch_i_if_stepped_after_the_epoch");
            var schedule = Of(Held(Options(golden)), StepsPerEpoch);

            for (int step = 0; step < expected.Length * StepsPerEpoch; step++)
                Assert.AreEqual(expected[step / StepsPerEpoch], schedule[step], Rounding, $"{golden.GetProperty("schedule")}, step {step}");
        }
    }

    [TestMethod]
    public void Rate_OfTheNextEpoch_IsWhatTheOriginalTrainsWith()
    {
        foreach (var golden in Golden())
        {
            double[] expected = Numbers(golden, "lr_in_effect_during_epoch_i_as_train_py_runs_it"); // it steps before the epoch: one epoch ahead
            var schedule = Of(Held(Options(golden)), StepsPerEpoch);

            for (int epoch = 0; epoch < expected.Length; epoch++)
                Assert.AreEqual(expected[epoch], schedule[(epoch + 1) * StepsPerEpoch], Rounding, $"{golden.GetProperty("schedule")}, epoch {epoch}");
        }
    }

    [TestMethod]
    public void Rate_ChangedEachStep_MeetsTheEpochsFactorAtItsStart()
    {
        var options = new SemanticFlowTrainerOptions { Epochs = 10, Optimizer = new Sgd { LearningRate = 2 }, Schedule = new PolySchedule { Power = 1, WarmUpSteps = 0 } };
        var schedule = Of(options, StepsPerEpoch);

        Assert.AreEqual(2 * (1 - 2 / 10.0), schedule[2 * StepsPerEpoch], 1e-12);
        Assert.AreEqual(2 * (1 - 7 / 30.0), schedule[2 * StepsPerEpoch + 1], 1e-12);
    }

    [TestMethod]
    public void Rate_WhileWarmingUp_RisesLinearly()
    {
        var options = new SemanticFlowTrainerOptions { Epochs = 100, Optimizer = new Sgd { LearningRate = 2 }, Schedule = new PolySchedule { Power = 1, WarmUpSteps = 4 } };
        var poly = Of(options, stepsPerEpoch: 1);

        Assert.AreEqual(2 * 1.00 * 0.25, poly[0], 1e-12);
        Assert.AreEqual(2 * 0.98 * 0.75, poly[2], 1e-12);
        Assert.AreEqual(2 * 0.97, poly[3], 1e-12);
        Assert.AreEqual(2 * 0.50, poly[50], 1e-12);
    }

    [TestMethod]
    [DataRow(400, 50)]  // a tenth would be 160
    [DataRow(20, 8)]
    public void WarmUpSteps_LeftOpen_AreFiftyOrATenthOfAll(int epochs, int expected)
    {
        var schedule = new RateSchedule(new ConstantSchedule(), rate: 1, epochs, stepsPerEpoch: 4);

        Assert.AreEqual((expected - 1) / (double)expected, schedule[expected - 2], 1e-12);
        Assert.AreEqual(1, schedule[expected - 1]);
    }

    [TestMethod]
    public void Factor_OfCosine_FallsAlongHalfAWave()
    {
        var cosine = Of(new SemanticFlowTrainerOptions { Schedule = new CosineSchedule(), Epochs = 6 }, stepsPerEpoch: 1);

        Assert.AreEqual(1, cosine.Factor(0), 1e-12);
        Assert.AreEqual(0.75, cosine.Factor(2), 1e-12); // (1 + cos 60 degrees) / 2
        Assert.AreEqual(0.5, cosine.Factor(3), 1e-12);
        Assert.AreEqual(0, cosine.Factor(6), 1e-12);
    }

    [TestMethod]
    public void Factor_OfConstant_IsOne() =>
        Assert.AreEqual(1, Of(new SemanticFlowTrainerOptions { Schedule = new ConstantSchedule(), Epochs = 6 }, stepsPerEpoch: 1).Factor(5));

    [TestMethod]
    public void Trainer_RestartAfterTheRun_SaysWhy()
    {
        var options = new SemanticFlowTrainerOptions { Schedule = new PolyWithRestartSchedule(restartEpoch: 10), Epochs = 10 };

        var thrown = Assert.ThrowsExactly<ArgumentException>(() => new MLContext(1).SemanticSegmentation.Trainers.SemanticFlow(options));

        StringAssert.Contains(thrown.Message, "not less than Epochs 10", StringComparison.Ordinal);
    }

    private static RateSchedule Of(SemanticFlowTrainerOptions options, int stepsPerEpoch) => new(options.Schedule, options.Optimizer.LearningRate, options.Epochs, stepsPerEpoch);

    private static SemanticFlowTrainerOptions Held(SemanticFlowTrainerOptions options) => options with { Schedule = options.Schedule with { Interval = ScheduleInterval.Epoch } };

    private static SemanticFlowTrainerOptions Options(JsonElement golden)
    {
        double power = golden.GetProperty("poly_exp").GetDouble();
        return new SemanticFlowTrainerOptions
        {
            Optimizer = new Sgd { LearningRate = golden.GetProperty("base_lr").GetDouble() },
            Epochs = golden.GetProperty("max_epoch").GetInt32(),
            Schedule = golden.GetProperty("schedule").GetString() == "poly"
                ? new PolySchedule { Power = power, WarmUpSteps = 0 }
                : new PolyWithRestartSchedule(golden.GetProperty("reduce_border_epoch").GetInt32())
                {
                    Power = power,
                    RestartFactor = golden.GetProperty("rescale").GetDouble(),
                    RestartPower = golden.GetProperty("repoly").GetDouble(),
                    WarmUpSteps = 0,
                },
        };
    }

    private static JsonElement[] Golden()
    {
        JsonElement[] schedules = [.. GoldenData.Json("training_data", "schedules.json").GetProperty("schedules").EnumerateArray()];
        CollectionAssert.IsSubsetOf(new[] { "poly", "scl-poly" }, schedules.Select(schedule => schedule.GetProperty("schedule").GetString()).ToArray());
        return schedules;
    }

    private static double[] Numbers(JsonElement golden, string list) => [.. golden.GetProperty(list).EnumerateArray().Select(value => value.GetDouble())];
}
