// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>What packages say of each other, and what is in the tool's.</summary>
[TestClass]
public sealed partial class PackageTests
{
    private const string Tool = "src/Microsoft.ML.SemanticFlow.Tool";

    [TestMethod]
    [DataRow("src/Microsoft.ML.SemanticFlow.Training")]
    [DataRow("src/Microsoft.ML.SemanticFlow.Interactive")]
    [DataRow("src/Microsoft.ML.SemanticFlow.Tool")]
    public void Package_ReferenceToOurs_TakesExactlyItsVersion(string project)
    {
        var references = ProjectItems.Of(project, "_ProjectReferencesWithVersions", "-t:_GetProjectReferenceVersions", "-p:Version=1.2.3");

        Assert.IsNotEmpty(references);
        foreach (var reference in references)
            Assert.AreEqual("[1.2.3]", reference["ProjectVersion"]);
    }

    [TestMethod]
    public void Tool_NativeLibraries_AreThoseThatSomethingLoads()
    {
        string[] files = [.. ProjectItems.Of(Tool, "RuntimeTargetsCopyLocalItems", "-t:ResolvePackageAssets")
            .Select(item => Path.GetFileName(item["Identity"].Replace('\\', '/')))];

        Assert.Contains("libtorch_cpu.so", files);
        Assert.Contains("onnxruntime.dll", files);
        Assert.AreEqual("", string.Join(", ", files.Where(name => Unused().IsMatch(name))));
    }

    // The package of ONNX Runtime copies it by the processor alone.
    [TestMethod]
    [DataRow(Tool, "linux-x64", 0)]
    [DataRow(Tool, "osx-arm64", 0)]
    [DataRow(Tool, "win-x64", 1)]
    [DataRow("samples/QuickStart", "linux-x64", 0)]
    public void Application_OfAPlatform_GetsTheWindowsLibraryOnWindowsAlone(string project, string platform, int count)
    {
        var files = ProjectItems.Of(project, "None", "-t:LeaveOutForeignOnnxRuntime", $"-p:RuntimeIdentifier={platform}");

        Assert.AreEqual(count, files.Count(file => file.GetValueOrDefault("Link") == "onnxruntime.dll"));
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public void Pack_Tool_GivesAPackageForEachPlatformThatInstallsAndRuns()
    {
        using var folder = new TemporaryFolder();
        Run("dotnet", "pack", RepositoryFiles.At(Tool), "-c", "Release", "-o", folder["packages"]);

        string[] packages = [.. Directory.GetFiles(folder["packages"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)!]; // files have names
        Assert.HasCount(6, packages);
        foreach (string package in packages)
        {
            using var zip = ZipFile.OpenRead(folder["packages", package]);
            string[] names = [.. zip.Entries.Select(entry => entry.Name)];
            Assert.AreEqual("", string.Join(", ", names.Where(name => Unused().IsMatch(name))), package);
            Assert.AreEqual(package.Contains(".win-", StringComparison.Ordinal), names.Contains("onnxruntime.dll"), package);
        }

        Assert.IsLessThan(150_000_000, new FileInfo(folder["packages", packages.Single(name => name.Contains("linux-x64", StringComparison.Ordinal))]).Length);
        Run("dotnet", "tool", "install", "Microsoft.ML.SemanticFlow.Tool", "--tool-path", folder["tool"], "--source", folder["packages"]);
        StringAssert.Contains(Run(folder["tool", "semanticflow"], "doctor"), "Training and scoring work on this machine.");
    }

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!; // a new process is started, so there is one
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output);
        return output;
    }

    // Other packages' symbols; ours and SkiaSharp's managed ones are small.
    [GeneratedRegex(@"^((lib)?(torch_python|shm|jitbackend_test|torchbind_test)\.\w+|libSkiaSharp\.pdb|.*\.(dbg|dwarf))$")]
    private static partial Regex Unused();
}
