// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests.Interactive;

/// <summary>The package in the kernel that notebooks run in, spoken to as an editor does: a line of JSON a command, a line of JSON an event.</summary>
[TestClass]
public sealed class NotebookTests
{
    private const string Kernel = "SEMANTICFLOW_KERNEL";

    [TestMethod]
    public void Package_Script_LiesWhereKernelsLook()
    {
        var script = ProjectItems.Of("src/Microsoft.ML.SemanticFlow.Interactive", "None").Single(item => item["Identity"] == "extension.dib");

        Assert.AreEqual(("true", "interactive-extensions/dotnet"), (script["Pack"], script["PackagePath"]));
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public void Kernel_PackageLoadedByName_ShowsAMaskAsAPicture()
    {
        string? kernel = Environment.GetEnvironmentVariable(Kernel);
        if (kernel is null)
            Assert.Inconclusive($"{Kernel} names no program dotnet-interactive; 'dotnet tool install Microsoft.dotnet-interactive' brings one. nuget.org is needed too.");
        using var folder = new TemporaryFolder();
        BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        BrightestChannelModel.SaveImage(folder["a.png"], 40, 56, seed: 1);
        foreach (string project in (string[])["Microsoft.ML.SemanticFlow", "Microsoft.ML.SemanticFlow.Interactive"])
            PackedLibraries.Pack(project, "0.1.0-kernel", folder["packages"]);
        string[] cells =
        [
            $"#i \"nuget:{folder["packages"]}\"\n#r \"nuget: Microsoft.ML.SemanticFlow.Interactive, 0.1.0-kernel\"\n#r \"nuget: Microsoft.ML.OnnxRuntime, 1.31.1\"",
            $"Microsoft.ML.SemanticFlow.SegmentationModel.Load(@\"{folder["model.onnx"]}\").Predict(@\"{folder["a.png"]}\")",
        ];

        string shown = Run(kernel, folder["cache"], cells);

        StringAssert.Contains(shown, "<img alt=\"40 x 56 (height x width), channels (3 classes)\" width=\"56\" height=\"40\"");
    }

    // What the last cell shows as HTML. Packages go to a folder of the test: the version is the same every time, and what is in it is not.
    private static string Run(string kernel, string cache, string[] cells)
    {
        var start = new ProcessStartInfo(kernel, ["stdio"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["NUGET_PACKAGES"] = cache;
        start.Environment["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1";
        using var process = Process.Start(start)!; // a new process is started, so there is one
        string shown = "";
        Read(process, "KernelReady");
        foreach (string cell in cells)
        {
            process.StandardInput.WriteLine(JsonSerializer.Serialize(new { commandType = "SubmitCode", command = new { code = cell, targetKernelName = "csharp" } }));
            shown = Read(process, "CommandSucceeded");
        }

        process.StandardInput.WriteLine(JsonSerializer.Serialize(new { commandType = "Quit", command = new { } }));
        process.WaitForExit();
        return shown;
    }

    private static string Read(Process process, string end)
    {
        string shown = "";
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (!line.StartsWith('{'))
                continue;                                   // what it says before it listens
            using var json = JsonDocument.Parse(line);
            string? type = json.RootElement.GetProperty("eventType").GetString();
            var told = json.RootElement.GetProperty("event");
            Assert.AreNotEqual("CommandFailed", type, line);
            if (type is "ReturnValueProduced")
                shown += string.Concat(told.GetProperty("formattedValues").EnumerateArray().Select(value => value.GetProperty("value").GetString()));
            if (type == end)
                return shown;
        }

        throw new AssertFailedException($"The kernel ended before {end}.");
    }
}
