// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

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
    [DataRow(
        "Unable to load shared library 'onnxruntime' or one of its dependencies.",
        "ONNX Runtime does not load (Unable to load shared library 'onnxruntime' or one of its dependencies). " +
        "Add the package Microsoft.ML.OnnxRuntime, or Microsoft.ML.OnnxRuntime.Gpu, to the application.")]
    [DataRow(
        "Unable to load shared library 'libSkiaSharp'.",
        "SkiaSharp does not load (Unable to load shared library 'libSkiaSharp'). " +
        "Add the package SkiaSharp.NativeAssets.Linux.NoDependencies to the application, in SkiaSharp's version.")]
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
    public void Run_FaultOfTheProgram_IsASentenceThatAsksForAReport()
    {
        var result = Throw(new NotImplementedException("Not yet."));

        Assert.AreEqual(ExitCode.FailedCheck, result.Code);
        Assert.AreEqual("This is a fault of semanticflow (NotImplementedException: Not yet). Run it again with --verbose, and report what that shows.", result.Sentence);
    }

    [TestMethod]
    public void Run_FaultOfTheProgramVerbose_ShowsItsStackToo()
    {
        var result = Throw(new NotImplementedException("Not yet."), "--verbose");

        Assert.AreEqual(ExitCode.FailedCheck, result.Code);
        StringAssert.StartsWith(result.Error, "This is a fault of semanticflow");
        StringAssert.Contains(result.Error, "   at ");
    }

    // Whatever kind of exception there is: those of .NET with their own messages.
    [TestMethod]
    public void Run_EveryExceptionOfDotNet_IsASentenceAndACode()
    {
        var kinds = typeof(Exception).Assembly.GetTypes().Where(
            type => type.IsAssignableTo(typeof(Exception)) && !type.IsAbstract && type.IsPublic && type.GetConstructor([]) is not null).ToArray();

        Assert.IsGreaterThan(50, kinds.Length);
        foreach (var kind in kinds)
        {
            var result = Throw((Exception)Activator.CreateInstance(kind)!); // it has a constructor

            Assert.IsTrue(result.Code is ExitCode.BadInput or ExitCode.FailedCheck, $"{kind}: {result.Code}");
            Assert.AreNotEqual("", result.Sentence, kind.Name);
        }
    }

    [TestMethod]
    [DataRow(
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 49152000000 bytes. " +
        "Error code 12 (Cannot allocate memory)\nframe #0: c10::ThrowEnforceNotMet(char const*)", " (49152000000 bytes were asked for at once)")]
    [DataRow(
        "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 79 GiB\nException raised from malloc at CUDACachingAllocator.cpp",
        " (20.00 GiB were asked for at once)")]
    [DataRow("std::bad_alloc", "")]
    public void Run_MemoryRunsOut_IsBadInputWithWhatToLower(string native, string asked)
    {
        Exception[] thrown = [new TorchException(native), new InvalidOperationException("Training failed.", new TorchException(native))];

        foreach (var result in Array.ConvertAll(thrown, exception => Throw(exception)))
        {
            Assert.AreEqual(ExitCode.BadInput, result.Code);
            Assert.AreEqual($"Memory has run out{asked}. Train with a smaller --batch or --crop; score with fewer --workers, or in tiles with --sliding.", result.Sentence);
        }
    }

    [TestMethod]
    public void Run_NativeStackInTheMessage_IsCutOff()
    {
        var result = Throw(new TorchException(
            "The size of tensor a (3) must match the size of tensor b (4)\nException raised from infer_size_impl at ExpandUtils.cpp:31\nframe #0: x"));

        Assert.AreEqual(
            "This is a fault of semanticflow (TorchException: The size of tensor a (3) must match the size of tensor b (4)). " +
            "Run it again with --verbose, and report what that shows.",
            result.Sentence);
    }

    [TestMethod]
    public void Run_ThrownThroughReflection_IsWhatWasThrown()
    {
        var result = Throw(new TargetInvocationException(new InvalidDataException("The file is damaged.")));

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        Assert.AreEqual("The file is damaged.", result.Sentence);
    }

    [TestMethod]
    public void Run_SeveralFaults_ThatOfTheProgramCounts()
    {
        var result = Throw(new AggregateException(new InvalidDataException("The file is damaged."), new NotImplementedException("Not yet.")));

        Assert.AreEqual(ExitCode.FailedCheck, result.Code);
        StringAssert.Contains(result.Sentence, "NotImplementedException");
    }

    // TorchSharp throws the base, which is the runtime's own to throw.
    private sealed class TorchException(string message) : ExternalException(message);

    private static CommandResult Throw(Exception exception) => Throw(exception, []);

    private static CommandResult Throw(Exception exception, params string[] options)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var command = new System.CommandLine.Command("fail");
        command.SetAction((Func<ParseResult, int>)(_ => throw exception));
        int code = Shell.Run(new RootCommand { command }, ["fail", .. options], new Terminal(output, error, interactive: false), [], parsed => parsed, CancellationToken.None);
        return new CommandResult(code, output.ToString(), error.ToString());
    }
}
