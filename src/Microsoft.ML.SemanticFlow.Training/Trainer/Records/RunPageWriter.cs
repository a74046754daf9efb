// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Reports;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>Draws the page of a run while it goes on: seldom enough to cost no more than a hundredth of the time, and never at the price of the training.</summary>
internal sealed class RunPageWriter(RunFolder folder, IChannel channel)
{
    private const int Share = 100;

    private readonly Stopwatch _whole = Stopwatch.StartNew();
    private TimeSpan _spent;
    private double? _best;
    private bool _hasWarned;

    /// <summary>Keeps the counts of a validation, if it is the best so far.</summary>
    public void Validated(int epoch, SemanticSegmentationMetrics metrics) => Try(() =>
    {
        _best ??= File.Exists(folder.BestValidation) && epoch > 1 ? ReportFile.Read(folder.BestValidation).Metrics.MeanIoU : double.NegativeInfinity;
        if (!(metrics.MeanIoU >= _best))
            return;
        _best = metrics.MeanIoU;
        var content = new ReportContent(string.Create(CultureInfo.InvariantCulture, $"Validation of epoch {epoch}"), [], null, metrics, null);
        AtomicFile.Write(folder.BestValidation, stream => ReportFile.Write(content, stream));
    });

    /// <summary>Draws the page, where drawing has not taken more than its share of the time.</summary>
    public void Draw()
    {
        if (_spent * Share <= _whole.Elapsed)
            DrawLast();
    }

    /// <summary>Draws the page whatever it costs.</summary>
    public void DrawLast() => Try(() => RunPage.Write(folder.Root, folder.Page));

    /// <summary>Does something for the page. Where it fails the training goes on, and it is said once.</summary>
    public void Try(Action work)
    {
        var before = _whole.Elapsed;
        try
        {
            work();
        }
#pragma warning disable CA1031 // no fault of a page, whatever it is, is worth a training
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!_hasWarned)
                channel.Warn($"What the page of the run shows cannot be written, and the training goes on without: {e.Message}");
            _hasWarned = true;
        }

        _spent += _whole.Elapsed - before;
    }
}
