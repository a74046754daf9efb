// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests.Interactive;

/// <summary>The notebooks among the samples: what is stored in them, and what they show when they are run.</summary>
[TestClass]
[DoNotParallelize]
public sealed partial class SampleNotebookTests
{
    private const string Kernel = "SEMANTICFLOW_KERNEL", Executed = "SEMANTICFLOW_NOTEBOOKS", Version = "0.1.0-notebooks";

    private static readonly string[] _libraries = ["Microsoft.ML.SemanticFlow", "Microsoft.ML.SemanticFlow.Training", "Microsoft.ML.SemanticFlow.Interactive"];

    public static IEnumerable<object[]> Notebooks =>
        Directory.GetFiles(RepositoryFiles.At("samples", "notebooks"), "*.ipynb").Order(StringComparer.Ordinal).Select(path => new object[] { Path.GetFileName(path) });

    [TestMethod]
    public void Folder_HoldsFourNotebooks() => Assert.AreEqual(4, Notebooks.Count());

    // A path would be that of the machine that ran it.
    [TestMethod]
    [DynamicData(nameof(Notebooks))]
    public void Notebook_AsStored_HasBeenRunInOrderAndNamesNoMachine(string name)
    {
        var cells = CodeOf(Read(RepositoryFiles.At("samples", "notebooks", name)));

        CollectionAssert.AreEqual(Enumerable.Range(1, cells.Length).ToArray(), cells.Select(cell => (int?)cell["execution_count"] ?? 0).ToArray());
        string outputs = string.Concat(cells.Select(cell => cell["outputs"]!.ToJsonString())); // a cell of code has a list of them
        StringAssert.Contains(outputs, "data:image/");
        Assert.DoesNotMatchRegex(new Regex("\"output_type\":\"error\"|/root/|/home/|/tmp/|[A-Z]:\\\\\\\\"), outputs);
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public void Notebooks_RunOnPackagesOfThisBuild_ShowWhatIsStored()
    {
        string? kernel = Environment.GetEnvironmentVariable(Kernel);
        if (kernel is null || !OnPath("jupyter"))
            Assert.Inconclusive($"{Kernel} names no program dotnet-interactive, or there is no jupyter: samples/notebooks/README.md says how to get them.");
        using var folder = new TemporaryFolder();
        foreach (string library in _libraries)
        {
            PackedLibraries.Pack(library, Version, folder["packages"]);
            // An earlier build's package of this version would be taken in its place.
            string cached = Path.Combine(Cache(), library.ToLowerInvariant(), Version);
            if (Directory.Exists(cached))
                Directory.Delete(cached, recursive: true);
        }

        Run(folder.Root, "dotnet", "run", "-c", "Release", RepositoryFiles.At("samples", "TrainOnYourFolders.cs"));
        File.WriteAllText(folder.Prepare("jupyter", "kernels", ".net-csharp", "kernel.json"), new JsonObject
        {
            ["argv"] = new JsonArray(kernel, "jupyter", "--default-kernel", "csharp", "--http-port-range", "2048-3000", "{connection_file}"),
            ["display_name"] = ".NET (C#)",
            ["language"] = "C#",
        }.ToJsonString());
        var differences = new List<string>();
        foreach (string name in Notebooks.Select(row => (string)row[0]))
        {
            var stored = Read(RepositoryFiles.At("samples", "notebooks", name));
            File.WriteAllText(folder.Prepare("samples", "notebooks", name), OnPackages(stored.DeepClone(), folder["packages"]).ToJsonString());

            Run(folder["samples", "notebooks"], "jupyter", "nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=1200", "--inplace", name);

            var shown = Read(folder["samples", "notebooks", name]);
            if (Environment.GetEnvironmentVariable(Executed) is { } keep)
                File.Copy(folder["samples", "notebooks", name], Path.Combine(keep, name), overwrite: true);
            differences.AddRange(CodeOf(stored).Zip(CodeOf(shown)).Index().Skip(1) // the first names packages and the folder they came from
                .Where(cell => Kinds(cell.Item.First) != Kinds(cell.Item.Second))
                .Select(cell => $"{name}, cell {cell.Index + 1}: stored {Kinds(cell.Item.First)}, shown {Kinds(cell.Item.Second)}"));
        }

        Assert.AreEqual("", string.Join('\n', differences));
    }

    // Numbers, pictures and how many lines there are differ from machine to machine; what is a stream, a picture or a table does not.
    private static string Kinds(JsonObject cell) => string.Join("; ", cell["outputs"]!.AsArray().Select(output =>
    {
        string html = string.Concat(output!["data"]?["text/html"] is JsonArray lines ? lines.Select(line => (string?)line) : [(string?)output["data"]?["text/html"]]);
        var tags = Tag().Matches(html).Select(tag => tag.Value).Distinct();
        return $"{output["output_type"]} {string.Join(' ', tags)}";
    }).Distinct());

    private static JsonObject Read(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject(); // a notebook is an object

    private static JsonObject[] CodeOf(JsonObject notebook) =>
        [.. notebook["cells"]!.AsArray().Select(cell => cell!.AsObject()).Where(cell => (string?)cell["cell_type"] == "code")];

    // The packages that the notebook names, in the version and from the folder of this test.
    private static JsonNode OnPackages(JsonNode notebook, string packages)
    {
        var first = CodeOf(notebook.AsObject())[0];
        string source = string.Concat(first["source"]!.AsArray().Select(line => (string?)line));
        first["source"] = $"#i \"nuget:{packages}\"\n{OurVersion().Replace(source, $"$1{Version}\"")}";
        return notebook;
    }

    private static void Run(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["JUPYTER_DATA_DIR"] = Path.GetFullPath(Path.Combine(folder, program == "jupyter" ? "../../jupyter" : "jupyter"));
        start.Environment["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!; // a new process is started, so there is one
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output + error.Result);
    }

    private static string Cache() => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    [GeneratedRegex("(nuget: Microsoft\\.ML\\.SemanticFlow[.\\w]*, )0\\.1\\.0\"")]
    private static partial Regex OurVersion();

    [GeneratedRegex("<[a-z]+")]
    private static partial Regex Tag();
}
