// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests;

/// <summary>The library from languages that do not know every member of C# 14.</summary>
[TestClass]
public sealed class OtherLanguagesTests
{
    // Built with these tests: that they compile is half of the proof.
    [TestMethod]
    [DataRow("Microsoft.ML.SemanticFlow.FSharp")]
    [DataRow("Microsoft.ML.SemanticFlow.VisualBasic")]
    [Timeout(60_000, CooperativeCancellation = true)]
    public void Program_OfAnotherLanguage_ScoresTheImage(string project)
    {
        using var folder = new TemporaryFolder();
        var expected = BrightestChannelModel.SaveImage(folder["image.png"], height: 40, width: 50, seed: 11);
        string model = BrightestChannelModel.Save(folder["model.onnx"]);
        string program = Path.Combine(AppContext.BaseDirectory.Replace("Microsoft.ML.SemanticFlow.Tests", project, StringComparison.Ordinal), project + ".dll");

        var start = new ProcessStartInfo("dotnet", ["exec", program, model, folder["image.png"]]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!; // null only when an existing process is reused
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.AreEqual(0, process.ExitCode, errors.Result);
        Assert.AreEqual($"40 50 {Convert.ToHexString(SHA256.HashData(expected.Ids))}", output.Trim());
    }

    // Only C# 14 sees a property of an extension; each needs a method that gives the same.
    [TestMethod]
    public void ExtensionProperties_All_HaveAMethodBeside()
    {
        var properties = typeof(SemanticFlowCatalogExtensions).Assembly.GetExportedTypes().SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.Name.StartsWith("get_", StringComparison.Ordinal) && method.GetParameters().Length == 1).ToArray();

        Assert.IsNotEmpty(properties);
        foreach (var property in properties)
            Assert.IsNotNull(property.DeclaringType!.GetMethod($"Get{property.Name[4..]}", [property.GetParameters()[0].ParameterType]), property.Name); // of a type
    }

    [TestMethod]
    public void GetSemanticSegmentation_InCSharp_IsTheCatalogOfTheProperty()
    {
        var ml = new MLContext(seed: 1);

        Assert.AreSame(ml.SemanticSegmentation, ml.GetSemanticSegmentation());
    }
}
