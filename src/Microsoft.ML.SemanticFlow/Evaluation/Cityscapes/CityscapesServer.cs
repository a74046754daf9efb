// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.ExceptionServices;
using Microsoft.ML.SemanticFlow.Evaluation.Cityscapes;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Judges predictions as the Cityscapes server does, from files.</summary>
/// <example>
/// <code>
/// var evaluation = CityscapesServer.Evaluate("data/cityscapes/gtFine/val", "results");
/// var metrics = new CityscapesMetrics(evaluation);
/// Console.WriteLine($"{metrics.MeanClassIoU:f3} {metrics.MeanCategoryIoU:f3}");
/// </code>
/// </example>
public static class CityscapesServer
{
    private static readonly SegmentationEvaluationOptions _options = new() { CityscapesInstances = true };

    /// <summary>Compares a folder of predictions with Cityscapes' ground truth.</summary>
    /// <param name="labels">A folder with <c>*_gtFine_labelIds.png</c> and <c>*_gtFine_instanceIds.png</c> anywhere below it, such as gtFine/val.</param>
    /// <param name="predictions">A folder with one file <c>CITY_SEQUENCE_FRAME*.png</c> for each label, anywhere below it: gray or palette PNG of ids from 0 to 33.</param>
    /// <param name="leftOut">Told of every folder that is passed over, and why; null for nobody.</param>
    /// <param name="progress">Told of images counted, and of how many; may be called from several threads at once.</param>
    /// <param name="workers">Images read at once, each by one thread; null takes one a processor.</param>
    /// <param name="cancellationToken">Ends the work with <see cref="OperationCanceledException"/>.</param>
    /// <returns>An evaluation of <see cref="CityscapesMetrics.Labels"/>, with cities as sources; <see cref="CityscapesMetrics"/> are made of it.</returns>
    /// <exception cref="DirectoryNotFoundException">A folder is missing.</exception>
    /// <exception cref="FileNotFoundException">A label has no prediction, or no file of instances.</exception>
    /// <exception cref="InvalidDataException">A label has several predictions, or a file is no mask of ids from 0 to 33, or sizes differ.</exception>
    public static SegmentationEvaluation Evaluate(
        string labels, string predictions, IProgress<SkippedFile>? leftOut = null, IProgress<(int Done, int Total)>? progress = null, int? workers = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(predictions);
        if (workers is { } count)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(workers));
        var files = CityscapesFolder.Find(labels, predictions, (path, why) => leftOut?.Report(new SkippedFile(path, why)));
        var whole = new SegmentationEvaluation(CityscapesMetrics.Labels, _options);
        int done = 0;
        try
        {
            Parallel.ForEach(
                files,
                new ParallelOptions { MaxDegreeOfParallelism = workers ?? Environment.ProcessorCount, CancellationToken = cancellationToken },
                () => new SegmentationEvaluation(CityscapesMetrics.Labels, _options),
                (image, _, part) =>
                {
                    part.Add(
                        Read(image.Labels), Read(image.Prediction), Path.GetRelativePath(predictions, image.Prediction), image.City,
                        new SegmentationEvidence { Instances = ReadInstances(image.Instances) });
                    progress?.Report((Interlocked.Increment(ref done), files.Count));
                    return part;
                },
                part =>
                {
                    lock (whole)
                        whole.Add(part);
                });
        }
        catch (AggregateException faults)
        {
            // The first fault as itself: callers catch what one thread would have thrown.
            ExceptionDispatchInfo.Throw(faults.Flatten().InnerExceptions[0]);
        }

        return whole;
    }

    private static SegmentationMask Read(string path)
    {
        var mask = SegmentationMask.Load(path, CityscapesMetrics.Labels);
        return mask.Ids.IndexOf(LabelMap.IgnoreId) is >= 0 and var at
            ? throw new InvalidDataException(
                $"'{path}' holds id 255 at row {at / mask.Width}, column {at % mask.Width}; the Cityscapes server takes 0 to {CityscapesMetrics.Labels.ClassCount - 1}. " +
                "Write 0 for what is no class.")
            : mask;
    }

    private static int[] ReadInstances(string path)
    {
        var png = PngIndexReader.Read(path);
        return png.BitDepth == 16 ? Array.ConvertAll(png.WideSamples, id => (int)id) : Array.ConvertAll(png.Samples, id => (int)id);
    }
}
