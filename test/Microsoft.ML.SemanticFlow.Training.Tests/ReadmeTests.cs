// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Microsoft.ML.SemanticFlow.Training.Tests;

/// <summary>The programs in the READMEs compile as they stand.</summary>
[TestClass]
public sealed partial class ReadmeTests
{
    // What the SDK adds to a console application by itself.
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading;";

    public static IEnumerable<object[]> Programs => new[] { "README.md", "README.Scoring.md", "README.Training.md" }.SelectMany(readme =>
        Block().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, readme))).Select((match, index) => new object[] { readme, index + 1, match.Groups[1].Value }));

    [TestMethod]
    public void Readmes_HaveSevenPrograms_ThreeOfScoringTwoEachOfTrainingAndImporting() => Assert.AreEqual(7, Programs.Count());

    [TestMethod]
    [DynamicData(nameof(Programs))]
    public void Readme_Program_Compiles(string readme, int number, string program)
    {
        // Set by the host: every assembly the tests run on, ours among them.
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            $"{Path.GetFileNameWithoutExtension(readme)}{number}",
            [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(program)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

        var faults = compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).ToArray();

        Assert.IsEmpty(faults, string.Join('\n', faults.Select(fault => fault.ToString())));
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
