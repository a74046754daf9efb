// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Tool.Benchmarking;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class BenchmarkTests
{
    private static readonly string _model = TestFiles.Find("tiny-scoring.onnx");

    private static readonly string[] _rates = ["decoded pixels to ids", "PNG files to mask files", "JPEG files to mask files"];

    [TestMethod]
    public void Benchmark_Json_HoldsEveryFigure()
    {
        var result = CommandLine.Run("benchmark", "--model", _model, "--height", "64", "--width", "96", "--seconds", "0.05", "--workers", "2", "--profile", "--json");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        var root = json.RootElement;
        Assert.AreEqual(64, root.GetProperty("height").GetInt32());
        Assert.AreEqual(96, root.GetProperty("width").GetInt32());
        Assert.IsGreaterThan(0, root.GetProperty("loadMilliseconds").GetDouble());
        foreach (string threads in new[] { "oneThread", "allThreads" })
        {
            var times = root.GetProperty(threads);
            Assert.IsGreaterThanOrEqualTo(10, times.GetProperty("count").GetInt32());
            Assert.IsLessThanOrEqualTo(times.GetProperty("percentile90").GetDouble(), times.GetProperty("median").GetDouble());
            Assert.IsLessThanOrEqualTo(times.GetProperty("longest").GetDouble(), times.GetProperty("percentile99").GetDouble());
        }

        var rates = root.GetProperty("imagesPerSecond");
        CollectionAssert.AreEqual(_rates, rates.EnumerateObject().Select(rate => rate.Name).ToArray());
        Assert.IsTrue(rates.EnumerateObject().All(rate => rate.Value.GetDouble() > 0));
        Assert.IsEmpty(Directory.GetFiles(Environment.CurrentDirectory, "onnxruntime_profile*"));
        Assert.IsTrue(root.GetProperty("operators").EnumerateArray().Any(kind => kind.GetProperty("kind").GetString()!.Contains("Conv", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Benchmark_Text_IsMarkdown()
    {
        var result = CommandLine.Run("benchmark", "--model", _model, "--height", "64", "--width", "64", "--seconds", "0.01", "--batch", "3");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.Contains(result.Output, "| 3 images at a time | ", StringComparison.Ordinal);
        StringAssert.StartsWith(result.Output, "# tiny, form scoring, fp32, 64 x 64, ", StringComparison.Ordinal);
        StringAssert.Contains(result.Output, "| one thread | ", StringComparison.Ordinal);
        Assert.IsFalse(result.Output.Contains("| operator |", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("--seconds", "0", "--seconds must be above 0 and at most 3600, not 0.")]
    [DataRow("--height", "64", "Give --height and --width together, at least 1 each.")]
    [DataRow("--workers", "0", "--workers must be at least 1, not 0.")]
    public void Benchmark_OptionThatIsNoUse_SaysWhy(string option, string value, string sentence)
    {
        var result = CommandLine.Run("benchmark", "--model", _model, option, value);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        Assert.AreEqual(sentence, result.Sentence);
    }

    [TestMethod]
    public void Of_Durations_AreTheirPercentiles()
    {
        var times = Durations.Of(Enumerable.Range(1, 200).Select(i => (double)i).Reverse());

        Assert.AreEqual(new Durations(200, 100, 180, 198, 200), times);
        Assert.AreEqual(new Durations(1, 7, 7, 7, 7), Durations.Of([7]));
    }

    [TestMethod]
    public void Sum_ProfileOfTwoRuns_LeavesTheFirstOut()
    {
        using var events = JsonDocument.Parse("""
            [
              {"cat": "Session", "name": "model_run", "dur": 99999, "args": {}},
              {"cat": "Node", "name": "a_kernel_time", "dur": 9000, "args": {"op_name": "Conv"}},
              {"cat": "Node", "name": "b_kernel_time", "dur": 8000, "args": {"op_name": "Conv"}},
              {"cat": "Node", "name": "c_kernel_time", "dur": 7000, "args": {"op_name": "Resize"}},
              {"cat": "Node", "name": "c_fence_before", "dur": 5000, "args": {"op_name": "Resize"}},
              {"cat": "Node", "name": "a_kernel_time", "dur": 1000, "args": {"op_name": "Conv"}},
              {"cat": "Node", "name": "b_kernel_time", "dur": 500, "args": {"op_name": "Conv"}},
              {"cat": "Node", "name": "c_kernel_time", "dur": 2000, "args": {"op_name": "Resize"}}
            ]
            """);

        var sums = OperatorProfile.Sum(events.RootElement);

        CollectionAssert.AreEqual(new[] { new OperatorTime("Resize", 1, 2), new OperatorTime("Conv", 2, 1.5) }, sums.ToArray());
    }
}
