// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>Ctrl-C: once ends a command and says what is done, twice ends the process.</summary>
[TestClass]
[DoNotParallelize]
public sealed partial class InterruptTests
{
    private const int Images = 3000;
    private const int Interrupted = 130; // of a shell, for a process that SIGINT ended

    private static TemporaryFolder? _folder;

    private static TemporaryFolder Folder => _folder ?? throw new InvalidOperationException("The class is not initialised.");

    private static string Model => Path.Combine(AppContext.BaseDirectory, "Data", "tiny-scoring.onnx");

    [ClassInitialize]
    public static void Draw(TestContext _)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Inconclusive("Only Linux tells how far a process is, by the libraries that it has loaded.");
        _folder = new TemporaryFolder();
        using var data = new TinyDataset();
        foreach (string kind in (string[])["images", "labels"])
        {
            Directory.CreateDirectory(Folder[kind]);
            byte[] file = File.ReadAllBytes(data.At("val", kind, "0.png"));
            for (int i = 0; i < Images; i++)
                File.WriteAllBytes(Path.Combine(Folder[kind], $"{i}.png"), file);
        }

        File.WriteAllText(Folder["map.csv"], TinyDataset.Labels.ToCsv());
        var trained = CommandLine.Run(
            "train", "--preset", "paper", "--dataset", "folder", "--data", data.Root, "--map", TinyDataset.Map, "--output", Folder["run"], "--network", "sfnet-dfv1",
            "--epochs", "1", "--batch", "4", "--crop", "32,32", "--threads", "1", "--seed", "1", "--precision", "fp32");
        Assert.AreEqual(ExitCode.Done, trained.Code, trained.Error);
    }

    [ClassCleanup]
    public static void Clean() => _folder?.Dispose();

    [TestMethod]
    [Timeout(60_000)]
    public void Predict_Interrupted_SaysHowManyMasksAreWritten()
    {
        string masks = Folder["masks"];

        var (code, output, error) = Interrupt(
            1, () => Directory.Exists(masks) && Directory.EnumerateFiles(masks, "*.png").Any(), "predict", "--model", Model, "--images", Folder["images"], "--output", masks);

        Assert.AreEqual(ExitCode.Cancelled, code, error);
        Assert.AreEqual("", output);
        var said = Cancelled().Match(error);
        Assert.IsTrue(said.Success, error);
        Assert.AreEqual($"; their masks are in '{masks}'.", said.Groups["rest"].Value);
        Assert.HasCount(int.Parse(said.Groups["done"].Value, CultureInfo.InvariantCulture), Directory.GetFiles(masks, "*.png"));
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Evaluate_Interrupted_SaysThatNothingIsWritten()
    {
        string figures = Folder["figures.json"];

        var (code, output, error) = Interrupt(
            1, WhenLoaded("libSkiaSharp"), "evaluate", "--model", Folder["run"], "--images", Folder["images"], "--labels", Folder["labels"], "--json", figures);

        Assert.AreEqual(ExitCode.Cancelled, code, error);
        Assert.AreEqual("", output);
        var said = Cancelled().Match(error);
        Assert.IsTrue(said.Success, error);
        Assert.AreEqual("; their figures are not written.", said.Groups["rest"].Value);
        Assert.IsFalse(File.Exists(figures));
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Export_Interrupted_WritesNoFile()
    {
        string model = Folder["exported.onnx"];

        var (code, output, error) = Interrupt(1, WhenLoaded("libtorch"), "export", "--model", Folder["run"], "--output", model, "--height", "512", "--width", "1024");

        Assert.AreEqual(ExitCode.Cancelled, code, error);
        Assert.AreEqual("", output);
        Assert.AreEqual($"Cancelled; '{model}' is not written.", error.TrimEnd());
        Assert.IsFalse(File.Exists(model));
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Import_Interrupted_WritesNoFile()
    {
        string model = Folder["imported.onnx"];

        var (code, _, error) = Interrupt(
            1, WhenLoaded("libtorch"), "import", "--checkpoint", Folder["run/best.safetensors"], "--network", "sfnet-dfv1", "--classes", "2", "--output", model);

        Assert.AreEqual(ExitCode.Cancelled, code, error);
        Assert.AreEqual($"Cancelled; '{model}' is not written.", error.TrimEnd());
        Assert.IsFalse(File.Exists(model));
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Benchmark_Interrupted_SaysThatNothingIsWritten()
    {
        var (code, output, error) = Interrupt(1, WhenLoaded("libonnxruntime"), "benchmark", "--model", Model, "--seconds", "60");

        Assert.AreEqual(ExitCode.Cancelled, code, error);
        Assert.AreEqual("", output);
        StringAssert.Contains(error, "Cancelled; what was measured until then is not written.");
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Export_InterruptedTwice_EndsAtOnce()
    {
        string model = Folder["never.onnx"];

        // The first may be obeyed before the second comes.
        for (int attempt = 0; attempt < 10; attempt++)
        {
            var (code, output, error) = Interrupt(2, WhenLoaded("libonnxruntime"), "export", "--model", Folder["run"], "--output", model, "--height", "2048", "--width", "4096");

            Assert.AreEqual(Interrupted, code, error);
            Assert.IsFalse(File.Exists(model));
            if (output + error == "")
                return;
        }

        Assert.Fail("Each time, the process said how it ended: the second did not end it at once.");
    }

    private static Func<int, bool> WhenLoaded(string library) => process => File.ReadAllText($"/proc/{process}/maps").Contains(library, StringComparison.Ordinal);

    private static (int Code, string Output, string Error) Interrupt(int times, Func<bool> when, params string[] args) => Interrupt(times, _ => when(), args);

    // Starts a command, sends it SIGINT as soon as it is so far, and gives what it ends with.
    private static (int Code, string Output, string Error) Interrupt(int times, Func<int, bool> when, params string[] args)
    {
        using var process = ToolProcess.Start(args);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        SpinWait.SpinUntil(() => process.HasExited || when(process.Id));
        for (int i = 0; i < times; i++)
        {
            using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
            kill.WaitForExit();
        }

        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }

    [GeneratedRegex("^Cancelled after (?<done>[0-9]+) of 3000 images(?<rest>.*)$", RegexOptions.Multiline)]
    private static partial Regex Cancelled();
}
