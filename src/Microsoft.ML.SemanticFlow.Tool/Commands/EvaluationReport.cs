// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Reports;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The option <c>--report</c> of <c>semanticflow evaluate</c>: a page, and its numbers beside it.</summary>
internal sealed class EvaluationReport(Terminal terminal)
{
    public const string Name = "--report";

    private readonly Option<string?> _file = new(Name)
    {
        Description = "Write a page for a browser: scores, confusion, the worst and the best images; and its numbers as JSON beside it, which compare and report take.",
        HelpName = "R.html",
    };

    public void AddTo(CliCommand command) => command.Add(_file);

    /// <summary>The page; null where none is asked for.</summary>
    public string? PageOf(ParseResult parsed) => parsed.GetValue(_file);

    /// <summary>Finds out before the work whether the page and its numbers can be written.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="others">Files that the command writes besides.</param>
    public void Try(ParseResult parsed, params string?[] others)
    {
        if (PageOf(parsed) is { } page)
            Try(page, _file.Name, others);
    }

    /// <summary>Finds out before the work whether a page and its numbers can be written.</summary>
    public static void Try(string page, string option, params string?[] others)
    {
        string numbers;
        try
        {
            numbers = ReportFile.PathOf(page);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"{option}: {Fault.SentenceOf(exception)}");
        }

        if (others.Any(other => other is not null && Path.GetFullPath(other) == Path.GetFullPath(numbers)))
            throw new UsageException($"'{numbers}' would be written twice: {option} puts its numbers there. Name another file.");
        OutputFile.Try(page, option);
        OutputFile.Try(numbers, option);
    }

    /// <summary>What is measured for a page: all that it shows, besides what is asked for.</summary>
    /// <param name="asked">What is asked for.</param>
    /// <param name="hasModel">Whether it can be known how sure the model is.</param>
    public static SegmentationEvaluationOptions Measures(SegmentationEvaluationOptions asked, bool hasModel) => asked with
    {
        KeepImages = true,
        Boundaries = asked.Boundaries ?? new SegmentationBoundaryOptions(),
        ErrorSplit = asked.ErrorSplit ?? new SegmentationErrorSplitOptions(),
        Calibration = asked.Calibration ?? (hasModel ? new SegmentationCalibrationOptions() : null),
        Suspects = asked.Suspects ?? (hasModel ? new SegmentationSuspectOptions() : null),
    };

    /// <summary>Writes the page.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="evaluation">Keeps its images.</param>
    /// <param name="title">The heading.</param>
    /// <param name="facts">What is said of model and data.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="show">Gives an image again by the name under which it was counted; null for a page without pictures.</param>
    public void Save(
        string page, SegmentationEvaluation evaluation, string title, IEnumerable<SegmentationReportFact> facts, ParseResult parsed, Func<string, SegmentationReportImage?>? show)
    {
        evaluation.SaveReport(page, new SegmentationReportOptions
        {
            Title = title,
            Command = CommandOf(parsed),
            Facts = [.. facts, .. Machine()],
            Images = show,
        });
        terminal.WriteLine($"The page is '{page}', its numbers are '{ReportFile.PathOf(page)}'.");
    }

    /// <summary>The command line as a shell takes it.</summary>
    public static string CommandOf(ParseResult parsed) => $"semanticflow {string.Join(' ', parsed.Tokens.Select(token => Quoted(token.Value)))}";

    /// <summary>What explains speed and rounding.</summary>
    public static IEnumerable<SegmentationReportFact> Machine() =>
    [
        new("Machine", "system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}"),
        new("Machine", "processors", FormattableString.Invariant($"{Environment.ProcessorCount}")),
        new("Machine", "runtime", RuntimeInformation.FrameworkDescription),
        new("Machine", "library", $"Microsoft.ML.SemanticFlow {typeof(LabelMap).Assembly.GetName().Version?.ToString(3)}"),
    ];

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=,:+@%".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
