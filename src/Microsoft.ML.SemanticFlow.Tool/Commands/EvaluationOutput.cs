// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>What becomes of an evaluation of one process or of many: a table, figures for machines, a page.</summary>
internal sealed class EvaluationOutput(Terminal terminal)
{
    /// <summary>What is given instead of a file to have JSON written to standard output.</summary>
    public const string StandardOutput = "-";

    private readonly Option<string?> _json = new("--json")
    {
        Description = "Write the figures as JSON to a file; '-' writes them to standard output instead of the table.",
        HelpName = "FILE",
    };
    private readonly EvaluationFindings _findings = new();
    private readonly EvaluationReport _report = new(terminal);

    public void AddTo(CliCommand command)
    {
        command.Add(_json);
        _findings.AddTo(command);
        _report.AddTo(command);
    }

    /// <summary>The file of the figures; '-' for standard output, null for none.</summary>
    public string? Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Whether a page is asked for.</summary>
    public bool WantsPage(ParseResult parsed) => _report.PageOf(parsed) is not null;

    /// <summary>Whether something is said of single images.</summary>
    public bool SaysOfImages(ParseResult parsed) => WantsPage(parsed) || _findings.FirstIn(parsed) is not null;

    /// <summary>The first of these options that a command line gives, besides that of the figures; null where it gives none.</summary>
    public string? FirstBesidesJson(ParseResult parsed) => _findings.FirstIn(parsed) ?? (WantsPage(parsed) ? EvaluationReport.Name : null);

    /// <summary>The first of these options that a command line gives; null where it gives none.</summary>
    public string? FirstIn(ParseResult parsed) => Json(parsed) is null ? FirstBesidesJson(parsed) : _json.Name;

    /// <summary>Finds out before the work whether all can be written.</summary>
    public void Try(ParseResult parsed)
    {
        if (Json(parsed) is { } file and not StandardOutput)
            OutputFile.Try(file, _json.Name);
        _findings.Try(parsed);
        _report.Try(parsed, Json(parsed));
    }

    /// <summary>Writes what is asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="evaluation">What was counted.</param>
    /// <param name="skipped">What was not.</param>
    /// <param name="page">Heading, facts and pictures of a page; asked where one is written.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="InvalidDataException">There is nothing to say.</exception>
    public void Write(ParseResult parsed, SegmentationEvaluation evaluation, SkippedFiles skipped, Func<Page> page, CancellationToken cancellation)
    {
        CheckLabels(evaluation.Metrics.ConfusionMatrix);
        _findings.Save(parsed, evaluation);
        var intervals = _findings.Estimate(parsed, evaluation, cancellation);
        object figures = EvaluationFigures.Of(evaluation, intervals, skipped);
        if (Json(parsed) == StandardOutput)
        {
            terminal.WriteJson(figures);
        }
        else
        {
            if (Json(parsed) is { } file)
                AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(figures, JsonOutput.Options));
            terminal.Output.Write(evaluation.Metrics.GetFormattedTable());
            _findings.Say(parsed, evaluation, intervals, terminal.Output);
        }

        if (_report.PageOf(parsed) is { } path)
        {
            var (title, facts, show) = page();
            _report.Save(path, evaluation, title, [.. facts, .. DataFacts(evaluation, skipped)], parsed, show);
        }
    }

    private static IEnumerable<SegmentationReportFact> DataFacts(SegmentationEvaluation evaluation, SkippedFiles skipped)
    {
        yield return new("Data", "label map", $"{evaluation.Labels.Name}, {evaluation.Labels.ClassCount} classes");
        yield return new("Data", "counted images", FormattableString.Invariant($"{evaluation.ImageCount}"));
        if (skipped.Count > 0)
            yield return new("Data", "skipped images", FormattableString.Invariant($"{skipped.Count}"));
    }

    // Figures of labels that mean something else than their map says look like any others.
    private void CheckLabels(SegmentationConfusionMatrix counts)
    {
        var pixels = new PixelCounts([.. Enumerable.Range(0, counts.ClassCount).Select(counts.GetActualCount)], counts.IgnoredCount);
        if (pixels.Counted == 0)
            throw new InvalidDataException(
                "No pixel of the labels counts: all of them are ignored. Check whether --map is the one the labels were drawn with, and whether they hold raw or train ids.");
        foreach (string? warning in new[] { pixels.FindEmptyClasses(counts.Labels, "label"), pixels.FindIgnored("label pixels") })
        {
            if (warning is not null)
                terminal.WriteLine($"warning: {warning}");
        }
    }

    /// <param name="Title">The heading.</param>
    /// <param name="Facts">What is said of model and data.</param>
    /// <param name="Show">Gives an image again by its name; null for a page without pictures.</param>
    internal sealed record Page(string Title, IEnumerable<SegmentationReportFact> Facts, Func<string, SegmentationReportImage?>? Show);
}
