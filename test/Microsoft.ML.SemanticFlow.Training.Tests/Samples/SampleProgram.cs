// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Samples;

/// <summary>A sample of one file as a program: compiled as the SDK would, on the assemblies of the tests, and run in a process of its own.</summary>
internal sealed class SampleProgram
{
    // What the SDK adds to a console application by itself.
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; " +
        "global using System.Threading; global using System.Threading.Tasks;";

    private static readonly string _tests = typeof(SampleProgram).Assembly.GetName().Name!; // an assembly of a file has one

    private static readonly ConcurrentDictionary<string, Lazy<SampleProgram>> _compiled = [];

    private readonly string _assembly;

    private SampleProgram(string assembly) => _assembly = assembly;

    /// <summary>The folder of the samples that the tests were built with.</summary>
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "samples")); // a file has a folder

    /// <summary>What the runtime takes to run it: <c>dotnet exec</c> and these.</summary>
    public IEnumerable<string> Command =>
    [
        "--depsfile", Path.Combine(AppContext.BaseDirectory, $"{_tests}.deps.json"), "--runtimeconfig", Path.Combine(AppContext.BaseDirectory, $"{_tests}.runtimeconfig.json"),
        _assembly,
    ];

    /// <summary>Compiles a sample, once for all tests that run it; a warning is a failure.</summary>
    public static SampleProgram Of(string name) => _compiled.GetOrAdd(name, static name => new Lazy<SampleProgram>(() => Compile(name))).Value;

    /// <summary>Runs it to its end in a folder.</summary>
    public (int ExitCode, string Output, string Error) Run(string folder, string[] arguments, string? path = null)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", .. Command, .. arguments]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = path ?? Environment.GetEnvironmentVariable("PATH");
        using var process = Process.Start(start)!; // a new process is started, so there is one
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private static SampleProgram Compile(string name)
    {
        // Set by the host: every assembly the tests run on, ours among them.
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var parsing = CSharpParseOptions.Default.WithFeatures([new("FileBasedProgram", "true")]);
        var compilation = CSharpCompilation.Create(
            $"Sample.{name}",
            [CSharpSyntaxTree.ParseText(ImplicitUsings, parsing), CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(Folder, $"{name}.cs")), parsing)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        string assembly = Path.Combine(AppContext.BaseDirectory, $"Sample.{name}.dll");     // beside the native libraries

        var result = compilation.Emit(assembly);

        Assert.AreEqual("", string.Join('\n', result.Diagnostics.Where(found => found.Severity >= DiagnosticSeverity.Warning)), name);
        return new SampleProgram(assembly);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
