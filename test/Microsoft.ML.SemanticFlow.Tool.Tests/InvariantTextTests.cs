// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>No text of ours has a number with the decimal sign of the machine's language. The analyzers see calls of ToString, and not what stands inside strings.</summary>
[TestClass]
public sealed class InvariantTextTests
{
    private static readonly HashSet<string> _kinds = ["Double", "Single", "Half", "Decimal", "DateTime", "DateTimeOffset", "DateOnly", "TimeOnly"];

    [TestMethod]
    [DataRow("Microsoft.ML.SemanticFlow")]
    [DataRow("Microsoft.ML.SemanticFlow.Training")]
    [DataRow("Microsoft.ML.SemanticFlow.Tool")]
    public void Source_NumbersInStrings_AreInvariant(string project)
    {
        string root = RepositoryFiles.At("src", project);
        var trees = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"))
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: Path.GetRelativePath(root, file))).ToArray();

        Assert.IsNotEmpty(trees);
        Assert.AreEqual("", string.Join('\n', Faults(project.EndsWith(".Tool", StringComparison.Ordinal) ? "semanticflow" : project, trees)));
    }

    [TestMethod]
    [DataRow("string F(double x) => $\"{x}\";", 1)]
    [DataRow("string F(float? x) => $\"at {x:f2}\";", 1)]
    [DataRow("string F(double x) => \"at \" + x;", 1)]
    [DataRow("string F(System.DateTime x) => System.FormattableString.Invariant($\"{(x.Year > 0 ? $\"{x}\" : \"\")}\");", 1)]
    [DataRow("string F(double x) => new System.Text.StringBuilder().Append($\"{x}\").ToString();", 1)]
    [DataRow("string F(double x) => System.FormattableString.Invariant($\"{x}\");", 0)]
    [DataRow("string F(double x) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $\"{x}\");", 0)]
    [DataRow("string F(double x) => new System.Text.StringBuilder().Append(System.Globalization.CultureInfo.InvariantCulture, $\"{x}\").ToString();", 0)]
    [DataRow("string F(double x) => System.FormattableString.Invariant(x > 0 ? (System.FormattableString)$\"{x}\" : $\"-{x}\");", 0)]
    [DataRow("string F(double x) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $\"{x}\" + $\"-{x}\" + $\".\");", 0)]
    [DataRow("string F(double x) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $\"{x}\") + $\"-{x}\";", 1)]
    [DataRow("string F(int x) => $\"{x}\";", 0)]
    public void Faults_OneLine_AreThoseOfTheMachinesLanguage(string member, int expected) =>
        Assert.HasCount(expected, Faults("Sample", [CSharpSyntaxTree.ParseText($"class Sample {{ {member} }}", path: "Sample.cs")]).ToArray());

    private static IEnumerable<string> Faults(string assembly, IReadOnlyCollection<SyntaxTree> trees)
    {
        const string ImplicitUsings =
            "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading;";

        // Set by the host: every assembly the tests run on. The name is one that sees the internals of the others.
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) != assembly).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            assembly, [CSharpSyntaxTree.ParseText(ImplicitUsings), .. trees], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        foreach (var tree in trees)
        {
            var model = compilation.GetSemanticModel(tree);
            foreach (var node in tree.GetRoot().DescendantNodes())
            {
                var parts = node switch
                {
                    InterpolatedStringExpressionSyntax text when !IsInvariant(text, model) => text.Contents.OfType<InterpolationSyntax>().Select(hole => hole.Expression),
                    BinaryExpressionSyntax sum when sum.IsKind(SyntaxKind.AddExpression) && model.GetTypeInfo(sum).Type?.SpecialType == SpecialType.System_String =>
                        [sum.Left, sum.Right],
                    _ => [],
                };
                foreach (var part in parts.Where(part => IsOfLanguage(model.GetTypeInfo(part).Type)))
                    yield return $"{tree.FilePath}, line {part.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: {part}";
            }
        }
    }

    // What becomes of it takes a culture: FormattableString, and handlers of calls that are given one before. A sum of such texts becomes one handler.
    private static bool IsInvariant(ExpressionSyntax text, SemanticModel model)
    {
        while (text.Parent is BinaryExpressionSyntax sum && sum.IsKind(SyntaxKind.AddExpression))
            text = sum;
        var result = text.Parent is CastExpressionSyntax cast ? model.GetTypeInfo(cast).Type : model.GetTypeInfo(text).ConvertedType;
        return result is { SpecialType: not SpecialType.System_String } type
            && (type.Name is "FormattableString" or "IFormattable" || text.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Arguments.Count: > 1 } });
    }

    private static bool IsOfLanguage(ITypeSymbol? type) =>
        _kinds.Contains((type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var inner] } ? inner : type)?.Name ?? "");
}
