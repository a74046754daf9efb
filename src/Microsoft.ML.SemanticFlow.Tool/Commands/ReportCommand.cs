// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using Microsoft.ML.SemanticFlow.Reports;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow report</c>: a page made anew, of a run or from the numbers of an evaluation.</summary>
internal static class ReportCommand
{
    public const string Name = "report", Purpose = "Make the page of a run anew, or that of an evaluation from its numbers.";

    public static CliCommand Create(Terminal terminal)
    {
        var of = new Argument<string>("RUN") { Description = "The folder of a run, or the numbers that 'evaluate --report' wrote beside its page." };
        var output = new Option<string?>("--output") { Description = "The page. [default: run.html in the folder, or beside the numbers]", HelpName = "R.html" };
        var command = new CliCommand(Name, Purpose) { of, output };
        command.SetAction(parsed =>
        {
            string source = parsed.GetValue(of)!; // it is needed
            string? page = parsed.GetValue(output);
            if (page is not null)
                OutputFile.Try(page, output.Name);
            terminal.Output.WriteLine(Directory.Exists(source) ? TrainingRuns.SaveReport(source, page) : OfNumbers(source, page));
            return ExitCode.Done;
        });
        return command;
    }

    // The numbers tell nothing of pictures: images are shown by name and score.
    private static string OfNumbers(string source, string? page)
    {
        var content = ReportFile.Read(CompareCommand.NumbersOf(source));
        page ??= Path.ChangeExtension(source, ".html");
        SegmentationReports.WritePage(page, writer => EvaluationPage.Write(content, source: null, writer));
        return page;
    }
}
