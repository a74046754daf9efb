// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Documentation;

/// <summary>C# in the pages and in the examples of the types compiles without a warning, runs, and prints what it says.</summary>
[TestClass]
[DoNotParallelize] // the working folder and the console are the process's
public sealed class ProgramTests
{
    private static readonly Lazy<ProgramAssembly> _readmes = new(() => new ProgramAssembly(Readmes, given: false));
    private static readonly Lazy<ProgramAssembly> _pages = new(() => new ProgramAssembly(Pages, given: true));
    private static readonly Lazy<ProgramAssembly> _types = new(() => new ProgramAssembly(DocumentedProgram.OfTypes, given: true));

    private static IEnumerable<DocumentedProgram> Readmes => DocumentedProgram.OfPages.Where(IsOfReadme);

    private static IEnumerable<DocumentedProgram> Pages => DocumentedProgram.OfPages.Where(program => !IsOfReadme(program));

    public TestContext TestContext { get; set; } = null!; // set by the framework

    [TestMethod]
    public void Readmes_Programs_CompileByThemselves() => Assert.IsEmpty(_readmes.Value.Faults(), string.Join('\n', _readmes.Value.Faults()));

    [TestMethod]
    public void Pages_Pieces_Compile() => Assert.IsEmpty(_pages.Value.Faults(), string.Join('\n', _pages.Value.Faults()));

    [TestMethod]
    public void Types_Examples_Compile() => Assert.IsEmpty(_types.Value.Faults(), string.Join('\n', _types.Value.Faults()));

    [TestMethod]
    public void ReadmesAndPages_WhatOnlyScores_Runs() => Run(train: false, _readmes.Value, _pages.Value);

    [TestMethod]
    public void PublicTypes_AllButEnumerations_HaveAnExample()
    {
        var examples = DocumentedProgram.OfTypes.Select(example => example.Source).ToHashSet();

        var without = new[] { typeof(SegmentationModel), typeof(SemanticFlowTrainer) }.SelectMany(type => type.Assembly.GetExportedTypes())
            .Where(type => !type.IsEnum && !type.IsNested && !examples.Contains($"T:{type.FullName}")).Select(type => type.Name).ToArray();

        Assert.IsEmpty(without, string.Join(' ', without));
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public void Types_ExamplesThatOnlyScore_Run() => Run(train: false, _types.Value);

    [TestMethod]
    [TestCategory("Nightly")]
    public void ReadmesAndPages_WhatTrains_Runs() => Run(train: true, Shortened(Readmes, given: false), Shortened(Pages, given: true));

    [TestMethod]
    [TestCategory("Nightly")]
    public void Types_ExamplesThatTrain_Run() => Run(train: true, Shortened(DocumentedProgram.OfTypes, given: true));

    [TestMethod]
    public void PagesAndTypes_Programs_AreThere()
    {
        // Reading that finds nothing would pass.
        Assert.IsGreaterThan(20, Pages.Count());
        Assert.IsGreaterThan(130, DocumentedProgram.OfTypes.Count);
    }

    [TestMethod]
    public void Compile_CodeWithAFault_NamesPageAndLine()
    {
        var program = new DocumentedProgram("docs/page.md", 7, "using Microsoft.ML;\n\nvar x = new MLContext();\nx.Segment();\n\nclass Row;\n", null, null);

        var faults = new ProgramAssembly([program], given: false).Faults();

        Assert.HasCount(1, faults);
        Assert.StartsWith("docs/page.md(10,3): error CS1061", faults[0]);
    }

    private void Run(bool train, params IEnumerable<ProgramAssembly> assemblies)
    {
        using var files = new ProgramFolder(train);
        var faults = new List<string>();
        foreach (var (program, run) in assemblies.SelectMany(assembly => assembly.Load(train)))
        {
            TestContext.CancellationToken.ThrowIfCancellationRequested();
            using var folder = files.Copy();
            var clock = Stopwatch.StartNew();
            string? fault = Fault(program, run, folder.Root);
            TestContext.WriteLine($"{program}: {clock.ElapsedMilliseconds} ms");
            if (fault is not null)
                faults.Add($"{program}: {fault}");
        }

        Assert.IsEmpty(faults, string.Join("\n\n", faults));
    }

    private static ProgramAssembly Shortened(IEnumerable<DocumentedProgram> programs, bool given) => new(programs.Select(program => program.Shortened()), given);

    private static bool IsOfReadme(DocumentedProgram program) => program.Source.EndsWith("README.md", StringComparison.Ordinal);

    // Whatever a program throws is a fault of its page.
    private static string? Fault(DocumentedProgram program, Func<Task> run, string folder)
    {
        var (console, here) = (Console.Out, Environment.CurrentDirectory);
        using var printed = new StringWriter { NewLine = "\n" };
        Console.SetOut(printed);
        Environment.CurrentDirectory = folder;
        try
        {
            run().GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            return e.ToString();
        }
        finally
        {
            Environment.CurrentDirectory = here;
            Console.SetOut(console);
        }

        string text = printed.ToString().ReplaceLineEndings("\n").TrimEnd();
        return program.Printed is { } said && said != text ? $"The page says that it prints\n{said}\nand it printed\n{text}" : null;
    }
}
