// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Trainer;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
public sealed class PolyScheduleTests
{
    [TestMethod]
    public void Factor_OfEachEpoch_IsThatOfTheOriginal()
    {
        GoldenData.Require();
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(GoldenData.Root!, "training_data", "schedules.json"))); // Require skips where there is none
        var schedules = document.RootElement.GetProperty("schedules").EnumerateArray().Where(schedule => schedule.GetProperty("schedule").GetString() == "poly").ToArray();

        foreach (var schedule in schedules)
        {
            var expected = schedule.GetProperty("factor_at_epoch_0..max").EnumerateArray().Select(value => value.GetDouble()).ToArray();
            var poly = new PolySchedule(Rate: 1, schedule.GetProperty("poly_exp").GetDouble(), schedule.GetProperty("max_epoch").GetInt32(), WarmUpSteps: 0);
            for (int step = 0; step < expected.Length; step++)
                Assert.AreEqual(expected[step], poly.Factor(step), 1e-15, $"step {step}"); // two roundings of a double near 1
        }

        Assert.IsGreaterThan(0, schedules.Length);
    }

    [TestMethod]
    public void Rate_WhileWarmingUp_RisesLinearly()
    {
        var poly = new PolySchedule(Rate: 2, Power: 1, Steps: 100, WarmUpSteps: 4);

        Assert.AreEqual(2 * 1.00 * 0.25, poly[0], 1e-12);
        Assert.AreEqual(2 * 0.98 * 0.75, poly[2], 1e-12);
        Assert.AreEqual(2 * 0.97, poly[3], 1e-12);
        Assert.AreEqual(2 * 0.50, poly[50], 1e-12);
    }
}
