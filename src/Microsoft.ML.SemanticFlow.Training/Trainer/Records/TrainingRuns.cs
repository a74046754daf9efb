// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Trainer.Records;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The runs that lie in folders, whoever trained them.</summary>
/// <example>
/// <code>
/// foreach (var run in TrainingRuns.Find("runs"))
///     TrainingRuns.SaveReport(run.Directory);                     // draws run.html anew
/// </code>
/// </example>
public static class TrainingRuns
{
    private const string Record = "run.json";
    private const int Deepest = 4; // folders below the one that is looked in

    /// <summary>Finds the runs in a folder: itself, and those up to four folders below it.</summary>
    /// <param name="folder">The folder. Links in it are not followed.</param>
    /// <returns>Those with the best mean IoU first, those without a validation last, and by folder where that decides nothing.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<TrainingRunSummary> Find(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{folder}'.");
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = Deepest,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        return
        [
            .. Directory.EnumerateFiles(folder, Record, options).Select(file => Summarize(Path.GetDirectoryName(file)!)) // a file lies in a folder
                .OrderByDescending(run => run.BestMeanIoU ?? double.NegativeInfinity).ThenBy(run => run.Directory, StringComparer.Ordinal),
        ];
    }

    /// <summary>Reads what a run came to.</summary>
    /// <param name="run">The folder of the run.</param>
    /// <exception cref="FileNotFoundException">The folder holds no run.</exception>
    public static TrainingRunSummary Read(string run)
    {
        ArgumentException.ThrowIfNullOrEmpty(run);
        return File.Exists(Path.Combine(run, Record))
            ? Summarize(run)
            : throw new FileNotFoundException($"The folder '{run}' holds no {Record}. Name the folder of a run.");
    }

    /// <summary>Draws the page of a run anew, from the files in its folder.</summary>
    /// <param name="run">The folder of the run.</param>
    /// <param name="path">The HTML file; null for <c>run.html</c> in the folder. An earlier one is replaced.</param>
    /// <returns>The page's path.</returns>
    /// <exception cref="FileNotFoundException">The folder holds no run.</exception>
    /// <exception cref="InvalidDataException">A record of the run does not hold.</exception>
    /// <exception cref="IOException">The page cannot be written.</exception>
    public static string SaveReport(string run, string? path = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(run);
        path ??= Path.Combine(run, RunFolder.PageName);
        RunPage.Write(run, path);
        return path;
    }

    private static TrainingRunSummary Summarize(string folder)
    {
        try
        {
            var record = RunRecord.Read(Path.Combine(folder, Record))!; // it is there
            var log = RunTable.Read(Path.Combine(folder, "log.csv"));
            var validations = RunTable.Read(Path.Combine(folder, "validation.csv"));
            (double X, double Y)[] scores = [.. validations.Curve("miou").Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))];
            var best = scores.OrderByDescending(point => point.Y).FirstOrDefault();
            return new TrainingRunSummary(folder)
            {
                Network = record.Network,
                State = record.State,
                Problem = record.Starts is [.., { End.Message: var message }] ? message : null,
                Epoch = (int)(log.Last("epoch") ?? 0),
                BestEpoch = scores.Length > 0 ? (int)best.X : null,
                BestMeanIoU = scores.Length > 0 ? best.Y : null,
                MeanIoUs = [.. scores.Select(point => point.Y)],
                StartedAt = record.Starts is [var first, ..] ? first.At : null,
                TrainingTime = TimeSpan.FromSeconds(log.Last("seconds") ?? 0),
            };
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return new TrainingRunSummary(folder) { State = "damaged", Problem = e.Message };
        }
    }
}
