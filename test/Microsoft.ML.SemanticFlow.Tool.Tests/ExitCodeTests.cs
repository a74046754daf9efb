// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class ExitCodeTests
{
    [TestMethod]
    public void Run_WrongMoment_IsBadInput()
    {
        var result = Throw(new InvalidOperationException("Another training works in 'run'."));

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        Assert.AreEqual("Another training works in 'run'.", result.Sentence);
    }

    [TestMethod]
    [DataRow("Unable to load shared library 'onnxruntime' or one of its dependencies.", "ONNX Runtime does not load (Unable to load shared library 'onnxruntime' or one of its dependencies). Add the package Microsoft.ML.OnnxRuntime, or Microsoft.ML.OnnxRuntime.Gpu, to the application.")]
    [DataRow("Unable to load shared library 'libSkiaSharp'.", "SkiaSharp does not load (Unable to load shared library 'libSkiaSharp'). Add the package SkiaSharp.NativeAssets.Linux.NoDependencies to the application, in SkiaSharp's version.")]
    [DataRow("libtorch is not beside this application; add TorchSharp-cpu.", "libtorch is not beside this application; add TorchSharp-cpu.")]
    public void Run_NativeLibraryMissing_IsBadInputWithTheDoctorsSentence(string fault, string expected)
    {
        var missing = new DllNotFoundException(fault);
        Exception[] thrown = [missing, new TypeInitializationException("NativeMethods", missing), new InvalidOperationException("The native ONNX Runtime is missing.", missing)];

        var results = Array.ConvertAll(thrown, Throw);

        foreach (var result in results)
        {
            Assert.AreEqual(ExitCode.BadInput, result.Code);
            Assert.AreEqual(expected, result.Sentence);
        }
    }

    [TestMethod]
    public void Run_FaultOfTheProgram_KeepsItsStack() => Assert.ThrowsExactly<NotImplementedException>(() => Throw(new NotImplementedException()));

    private static CommandResult Throw(Exception exception)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var command = new System.CommandLine.Command("fail");
        command.SetAction((Func<ParseResult, int>)(_ => throw exception));
        int code = Shell.Run(new RootCommand { command }, ["fail"], new Terminal(output, error, interactive: false), CancellationToken.None);
        return new CommandResult(code, output.ToString(), error.ToString());
    }
}
