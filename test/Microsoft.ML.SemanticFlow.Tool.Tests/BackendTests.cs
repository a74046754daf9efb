// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>Which native packages the projects reference and where the build puts what it needs itself, as the build evaluates them.</summary>
[TestClass]
public sealed class BackendTests
{
    private static readonly string[] _cpu = ["Microsoft.ML.OnnxRuntime", "TorchSharp-cpu"];
    private static readonly string[] _gpu = ["Microsoft.ML.OnnxRuntime.Gpu", "TorchSharp-cuda-linux", "TorchSharp-cuda-windows"];

    [TestMethod]
    [DataRow("src/Microsoft.ML.SemanticFlow.Tool", true)]
    [DataRow("samples/QuickStart", true)]
    [DataRow("test/Microsoft.ML.SemanticFlow.Tests", false)]
    [DataRow("test/Microsoft.ML.SemanticFlow.Training.Tests", true)]
    [DataRow("test/Microsoft.ML.SemanticFlow.Export.Tests", true)]
    [DataRow("test/Microsoft.ML.SemanticFlow.Tool.Tests", true)]
    public void Application_GpuSwitch_ExchangesTheNativePackages(string project, bool trains)
    {
        string cuda = OperatingSystem.IsWindows() ? "TorchSharp-cuda-windows" : "TorchSharp-cuda-linux";

        string[] cpu = Packages(project, gpu: false), gpu = Packages(project, gpu: true);

        CollectionAssert.AreEquivalent(trains ? _cpu : [_cpu[0]], Native(cpu));
        CollectionAssert.AreEquivalent(trains ? [_gpu[0], cuda] : (string[])[_gpu[0]], Native(gpu));
    }

    [TestMethod]
    [DataRow("src/Microsoft.ML.SemanticFlow")]
    [DataRow("src/Microsoft.ML.SemanticFlow.Training")]
    public void Library_EitherSwitch_ReferencesManagedPackagesOnly(string project)
    {
        foreach (bool gpu in (bool[])[false, true])
            Assert.AreEqual(0, Native(Packages(project, gpu)).Length);
    }

    // The managed part asks the native one for the API of its own minor version; beyond that each package has a version of its own.
    [TestMethod]
    public void OnnxRuntime_EveryPackage_HasTheSameApi()
    {
        var versions = ProjectItems.Of("test/Microsoft.ML.SemanticFlow.Tests", "PackageVersion").ToDictionary(item => item["Identity"], item => item["Version"]);

        var managed = Version.Parse(versions["Microsoft.ML.OnnxRuntime.Managed"]);
        foreach (string native in (string[])[_cpu[0], _gpu[0]])
        {
            var version = Version.Parse(versions[native]);
            Assert.AreEqual((managed.Major, managed.Minor), (version.Major, version.Minor), native);
        }
    }

    // It stood in the folder that dotnet build -o names, and was looked for in its own.
    [TestMethod]
    [DataRow("OutputPath")]
    [DataRow("OutDir")]
    [DataRow("PublishDir")]
    public void ExposeTypes_BuildToAnotherFolder_StaysInItsOwn(string property)
    {
        string elsewhere = Path.Combine(Path.GetTempPath(), "elsewhere") + "/";

        // Asks the referenced projects where they are built to, and builds nothing.
        var tools = ProjectItems.Of(
            "src/Microsoft.ML.SemanticFlow", "ExposeTypesTool", "-t:ResolveProjectReferences", "-p:BuildProjectReferences=false", $"-p:{property}={elsewhere}");

        string path = Path.GetFullPath(tools.Single()["Identity"]);
        StringAssert.StartsWith(path, RepositoryFiles.At("build", "ExposeTypes", "bin"), StringComparison.Ordinal);
    }

    private static string[] Native(string[] packages) => [.. packages.Where(package => _cpu.Contains(package) || _gpu.Contains(package))];

    private static string[] Packages(string project, bool gpu) =>
        [.. ProjectItems.Of(project, "PackageReference", $"-p:SemanticFlowGpu={(gpu ? "true" : "false")}").Select(item => item["Identity"])];
}
