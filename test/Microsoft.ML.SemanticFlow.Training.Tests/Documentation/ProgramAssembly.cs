// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Documentation;

/// <summary>Programs compiled together, each into a namespace of its own: one compilation binds the libraries once.</summary>
internal sealed class ProgramAssembly
{
    // What the SDK adds to a console application by itself.
    private const string Usings = "using System; using System.Collections.Generic; using System.IO; using System.Linq; using System.Threading; using System.Threading.Tasks;";

    // A cell, which ends in an expression; only a kernel runs it.
    private const string Notebook = "notebook";

    // What pieces of code leave out.
    private const string GivenUsings = "using Microsoft.ML; using Microsoft.ML.Data; using Microsoft.ML.SemanticFlow;";

    // What the SDK adds to a web application.
    private const string WebUsings = "using Microsoft.AspNetCore.Builder; using Microsoft.AspNetCore.Http; using Microsoft.Extensions.DependencyInjection;";

    private static readonly ImmutableArray<MetadataReference> _references = [.. References()];

    private readonly ImmutableArray<DocumentedProgram> _programs;
    private readonly ImmutableArray<CSharpCompilation> _cells;
    private readonly CSharpCompilation _compilation;

    /// <summary>Reads the programs.</summary>
    /// <param name="programs">The programs.</param>
    /// <param name="given">Whether names that a program does not declare are those of <see cref="Given"/>.</param>
    public ProgramAssembly(IEnumerable<DocumentedProgram> programs, bool given)
    {
        _programs = [.. programs.Where(program => program.Mark != Notebook)];
        _cells = [.. programs.Where(program => program.Mark == Notebook).Select(cell => CSharpCompilation.CreateScriptCompilation(
            "Cell", CSharpSyntaxTree.ParseText(cell.Code, new CSharpParseOptions(kind: SourceCodeKind.Script), path: $"{cell}"), _references))];
        _compilation = CSharpCompilation.Create(
            $"Documentation{Guid.NewGuid():N}",
            _programs.Select((program, index) => Tree(program, index, given)),
            _references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: false));
    }

    /// <summary>What the compiler has against the programs, warnings too, by page and line.</summary>
    public string[] Faults() =>
    [
        .. _cells.Prepend(_compilation).SelectMany(compilation => compilation.GetDiagnostics())
            .Where(fault => fault.Severity >= DiagnosticSeverity.Warning).Select(fault => fault.ToString()).Distinct(),
    ];

    /// <summary>The programs that can run here, as methods: those that touch the package that trains, or the others.</summary>
    public IEnumerable<(DocumentedProgram Program, Func<Task> Run)> Load(bool train)
    {
        using var image = new MemoryStream();
        var result = _compilation.Emit(image);
        Assert.IsTrue(result.Success, string.Join('\n', result.Diagnostics));
        var assembly = Assembly.Load(image.ToArray());
        return _programs.Select((program, index) => (program, index)).Where(pair => pair.program.Mark is null && Trains(pair.program) == train).Select(pair => (
            pair.program,
            assembly.GetType($"Program{pair.index}.Program", throwOnError: true)!.GetMethod("Run")!.CreateDelegate<Func<Task>>())); // written below
    }

    private bool Trains(DocumentedProgram program)
    {
        var tree = _compilation.SyntaxTrees[_programs.IndexOf(program)];
        var model = _compilation.GetSemanticModel(tree);
        return tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
            .Any(name => model.GetSymbolInfo(name).Symbol is { ContainingAssembly.Name: "Microsoft.ML.SemanticFlow.Training" }
                or { Name: nameof(Given.pipeline), ContainingType.Name: nameof(Given) });
    }

    private static SyntaxTree Tree(DocumentedProgram program, int index, bool given)
    {
        var root = CSharpSyntaxTree.ParseText(program.Code).GetCompilationUnitRoot();
        int statements = root.Usings.Count == 0 ? 0 : root.Usings.FullSpan.End;
        int types = root.Members.FirstOrDefault(member => member is not GlobalStatementSyntax)?.FullSpan.Start ?? program.Code.Length;
        var text = new StringBuilder(Usings).AppendLine();
        if (program.Mark == "web")
            text.AppendLine(WebUsings);
        if (given)
            text.AppendLine(CultureInfo.InvariantCulture, $"{(statements == 0 ? GivenUsings : "")} using static {typeof(Given).FullName};");
        text.AppendLine(Place(0)).AppendLine(program.Code[..statements]);
        text.AppendLine(CultureInfo.InvariantCulture, $"namespace Program{index} {{ public static class Program {{ public static async Task Run() {{");
        text.AppendLine(Place(statements)).AppendLine(program.Code[statements..types]);
        text.AppendLine("#line hidden").AppendLine("await Task.CompletedTask; } }");
        text.AppendLine(Place(types)).AppendLine(program.Code[types..]).AppendLine("}");
        return CSharpSyntaxTree.ParseText(text.ToString(), path: $"{program}");

        string Place(int at) => string.Create(CultureInfo.InvariantCulture, $"#line {program.Line + program.Code.AsSpan(0, at).Count('\n')} \"{program.Source}\"");
    }

    // Set by the host: every assembly the tests run on, ours among them. ASP.NET Core lies beside the runtime, and is compiled against alone.
    private static IEnumerable<MetadataReference> References()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!; // the runtime's own assemblies are files
        string web = runtime.Replace("Microsoft.NETCore.App", "Microsoft.AspNetCore.App", StringComparison.Ordinal);
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator) // set by the host
            .Concat(Directory.Exists(web) ? Directory.EnumerateFiles(web, "Microsoft.*.dll") : [])
            .DistinctBy(Path.GetFileName).Select(path => MetadataReference.CreateFromFile(path));
    }
}
