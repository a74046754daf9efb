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

    // BSD and MIT ask for their text beside the library.
    [TestMethod]
    public void Tool_Publish_HoldsTheLicencesOfWhatItCarries()
    {
        string[] paths = [.. ProjectItems.Of(Tool, "ResolvedFileToPublish", "-t:AddLicences").Select(file => file["RelativePath"])];

        Assert.Contains("licences/libtorch-cpu-linux-x64/LICENSE-LIBTORCH.txt", paths);
        Assert.Contains("licences/Microsoft.ML.OnnxRuntime/ThirdPartyNotices.txt", paths);
        Assert.Contains("licences/Microsoft.ML.DnnImageFeaturizer.ResNet18/LICENSE", paths);
        Assert.Contains("licences/DejaVu/DejaVu-LICENSE.txt", paths);
        Assert.Contains("licences/THIRD-PARTY.txt", paths); // Google.Protobuf and others bring no text
        CollectionAssert.AllItemsAreUnique(paths);
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
            Assert.AreEqual(names.Contains("semanticflow.dll"), names.Contains("THIRD-PARTY.txt"), package);
        }

        // libtorch and the ImageNet weights are 175 MB of it; the public gallery takes 250.
        Assert.IsLessThan(210_000_000, new FileInfo(folder["packages", packages.Single(name => name.Contains("linux-x64", StringComparison.Ordinal))]).Length);
        Run("dotnet", "tool", "install", "Microsoft.ML.SemanticFlow.Tool", "--tool-path", folder["tool"], "--source", folder["packages"]);
        StringAssert.Contains(Run(folder["tool", "semanticflow"], "doctor"), "Training and scoring work on this machine.");
    }

    // A publisher who does not own the ids changes one property.
    [TestMethod]
    [TestCategory("Nightly")]
    public void Pack_OtherPrefix_IsFollowedByIdsReferencesAndTemplates()
    {
        const string Prefix = "Contoso.Vision";
        using var folder = new TemporaryFolder();
        foreach (string project in (string[])["src/Microsoft.ML.SemanticFlow.Training", "src/Microsoft.ML.SemanticFlow.Templates"])
            Run("dotnet", "pack", RepositoryFiles.At(project), "-c", "Release", $"-p:PackageIdPrefix={Prefix}", "-o", folder["packages"]);

        string[] files = [.. Directory.GetFiles(folder["packages"], "*.nupkg").Select(Path.GetFileName)!]; // files have names
        Assert.IsTrue(files.All(file => file.StartsWith($"{Prefix}.", StringComparison.Ordinal)), string.Join(", ", files));
        using var training = ZipFile.OpenRead(folder["packages", files.Single(file => file.Contains("Training", StringComparison.Ordinal))]);
        string about = Text(training, ".nuspec");
        StringAssert.Contains(about, $"<id>{Prefix}.Training</id>");
        StringAssert.Matches(about, new Regex($"<dependency id=\"{Regex.Escape(Prefix)}\" version=\"\\[[0-9.]+\\]\""));
        StringAssert.Contains(Text(training, "README.md"), $"needs `{Prefix}` of exactly");
        StringAssert.Contains(Text(training, "README.md"), "using Microsoft.ML.SemanticFlow;"); // a namespace
        using var templates = ZipFile.OpenRead(folder["packages", files.Single(file => file.Contains("Templates", StringComparison.Ordinal))]);
        StringAssert.Contains(Text(templates, "SegmentationTraining.csproj"), $"<PackageReference Include=\"{Prefix}.Training\" Version=\"");
        foreach (var entry in templates.Entries.Where(entry => entry.Name.EndsWith(".csproj", StringComparison.Ordinal)))
            Assert.DoesNotContain("Microsoft.ML.SemanticFlow", Text(templates, entry.FullName));
    }

    private static string Text(ZipArchive package, string ending)
    {
        using var reader = new StreamReader(package.Entries.Single(entry => entry.FullName.EndsWith(ending, StringComparison.Ordinal)).Open());
        return reader.ReadToEnd();
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
