// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Evaluation;
using Microsoft.ML.SemanticFlow.Evaluation.Instances;
using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow;

/// <content>JSON files of evaluations. The same images give the same bytes, however they were added.</content>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid);
/// evaluation.Add(truth, truth, "street.png");                     // a prediction without an error
/// Console.WriteLine(evaluation.Metrics.MeanIoU);                  // prints 1
/// evaluation.Save("shard-1.json");
/// evaluation.Add(SegmentationEvaluation.Load("shard-1.json"));    // as if another machine had counted it
/// Console.WriteLine(evaluation.ImageCount);                       // prints 2
/// </code>
/// </example>
public sealed partial class SegmentationEvaluation
{
    /// <summary>Writes the evaluation to a JSON file, which appears whole or not at all.</summary>
    /// <param name="path">The file; an earlier one is replaced.</param>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.Write(path, Save);
    }

    /// <summary>Writes the evaluation as JSON.</summary>
    /// <param name="stream">Where to.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var labels = new EvaluationFile.LabelSpace(Labels.Name, Labels.ToCsv());
        bool measures = _measures.Any;
        var file = new EvaluationFile(measures ? EvaluationFile.Measuring : EvaluationFile.Plain, labels, Measures: measures ? Options : null);
        file = KeepsImages
            ? file with { Images = Sorted().Select(ToFile) }
            : file with
            {
                Sum = new EvaluationFile.Total(
                    ImageCount, _sum.IgnoredCount, [.. _sum.Occupied().SelectMany(cell => (long[])[cell.Actual, cell.Predicted, cell.Count])],
                    _measured.Length > 0 ? _measured : null),
            };
        JsonSerializer.Serialize(stream, file, EvaluationJson.Default.EvaluationFile);
    }

    /// <summary>Reads an evaluation that <see cref="Save(string)"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The evaluation.</returns>
    /// <remarks>Time and memory are in proportion to the file's length.</remarks>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read; <see cref="UnauthorizedAccessException"/> where it is a folder or may not be read.</exception>
    /// <exception cref="InvalidDataException">The file is no evaluation.</exception>
    public static SegmentationEvaluation Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var stream = RegularFile.OpenRead(path);
        return Load(stream, $"'{path}'");
    }

    /// <summary>Reads an evaluation that <see cref="Save(Stream)"/> wrote.</summary>
    /// <param name="stream">Where from; it is read to its end.</param>
    /// <returns>The evaluation.</returns>
    /// <exception cref="InvalidDataException">It is no evaluation.</exception>
    public static SegmentationEvaluation Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(stream, "The JSON");
    }

    /// <summary>An image as files hold it.</summary>
    internal static EvaluationFile.Image ToFile(SegmentationImageResult image)
    {
        var cells = image.Cells;
        int[] counts = new int[3 * cells.Length];
        for (int i = 0; i < cells.Length; i++)
            (counts[3 * i], counts[3 * i + 1], counts[3 * i + 2]) = (cells[i].Actual, cells[i].Predicted, cells[i].Count);
        return new EvaluationFile.Image(
            image.Ignored, counts, image.Name, image.Source,
            image.Measured.IsEmpty ? null : image.Measured.ToArray(), image.SuspectNumbers is { Length: > 0 } suspects ? suspects : null);
    }

    /// <summary>An image of the same classes and measures, as files hold it.</summary>
    /// <param name="image">What the file holds.</param>
    /// <param name="sources">The sources of earlier ones: one string a source, not one an image.</param>
    /// <param name="where">What messages begin with.</param>
    /// <exception cref="InvalidDataException">No image comes to that.</exception>
    internal SegmentationImageResult FromFile(EvaluationFile.Image? image, Dictionary<string, string> sources, string where)
    {
        if (image is null)
            throw new InvalidDataException($"{where} is null. Save it anew.");
        long pixels = Check<int>(image.Ignored, image.Counts, Labels.ClassCount, int.MaxValue, where);
        if (pixels == 0)
            throw new InvalidDataException($"{where} has no pixels. Save it anew.");
        string? source = image.Source;
        if (source is not null && !sources.TryAdd(source, source))
            source = sources[source];
        var cells = new ImageCell[image.Counts.Length / 3];
        for (int i = 0; i < cells.Length; i++)
            cells[i] = new ImageCell((byte)image.Counts[3 * i], (byte)image.Counts[3 * i + 1], image.Counts[3 * i + 2]);
        return new SegmentationImageResult(
            image.Name, source, image.Ignored, cells, _measures, CheckMeasured(image.Measured, pixels, where),
            ReadSuspects(image.Suspects ?? [], pixels, where));
    }

    private static SegmentationEvaluation Load(Stream stream, string where)
    {
        EvaluationFile? file;
        try
        {
            file = JsonSerializer.Deserialize(stream, EvaluationJson.Default.EvaluationFile);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"{where} is no saved evaluation, or it is damaged: what stands at '{exception.Path ?? "$"}' (line {exception.LineNumber + 1 ?? 1}) is not what belongs there. " +
                "Save it anew.", exception);
        }
        catch (ArgumentException exception) // of an option's own check
        {
            throw new InvalidDataException($"{where} is no saved evaluation, or it is damaged: {Excerpt.Of(exception.Message.ReplaceLineEndings(" "))} Save it anew.", exception);
        }

        if (file?.Format is not (EvaluationFile.Plain or EvaluationFile.Measuring) || file.Format == EvaluationFile.Measuring != file.Measures is not null)
            throw new InvalidDataException(
                $"{where} is no evaluation of the form '{EvaluationFile.Plain}' or '{EvaluationFile.Measuring}'. Save it with this version of the library.");
        var options = (file.Measures ?? new SegmentationEvaluationOptions()) with { KeepImages = file.Images is not null };
        if (options is { Suspects: not null, KeepImages: false })
            throw new InvalidDataException($"{where} must hold the images whose suspects it holds. Save it anew.");
        var labels = LabelMap.Parse(file.Labels.Name, file.Labels.Table);
        if (options.CityscapesInstances && labels.FindDifference(CityscapesClass.Labels) is not null)
            throw new InvalidDataException($"{where} holds instances of Cityscapes and other classes. Save it anew.");
        var evaluation = new SegmentationEvaluation(labels, options);
        if (file.Measures is not null && !evaluation._measures.Any)
            throw new InvalidDataException($"{where} says that it measures something, and not what. Save it anew.");
        switch (file)
        {
            case { Images: { } images, Sum: null }:
                var sources = new Dictionary<string, string>();
                foreach (var (index, image) in images.Index())
                    evaluation.Add(evaluation.FromFile(image, sources, $"{where}, image {index}"));
                return evaluation;
            case { Images: null, Sum: { } sum }:
                evaluation.Add(sum, where);
                return evaluation;
            default:
                throw new InvalidDataException($"{where} must hold either images or their sum. Save it anew.");
        }
    }

    private void Add(EvaluationFile.Total sum, string where)
    {
        long pixels = Check<long>(sum.Ignored, sum.Counts, Labels.ClassCount, MostPixels, where);
        if (sum.Images < 0 || sum.Images > pixels || sum.Images == 0 != (pixels == 0))
            throw new InvalidDataException($"{where}: {sum.Images} images do not have {pixels} pixels. Save it anew.");
        AddTo(_measured, CheckMeasured(sum.Measured, pixels, where));
        _sum.Add(LabelMap.IgnoreId, LabelMap.IgnoreId, sum.Ignored);
        for (int i = 0; i < sum.Counts.Length; i += 3)
            _sum.Add((byte)sum.Counts[i], (byte)sum.Counts[i + 1], sum.Counts[i + 2]);
        Count(sum.Images, pixels);
    }

    private Int128[] CheckMeasured(Int128[]? numbers, long pixels, string where)
    {
        numbers ??= [];
        return _measures.AreOf(pixels, numbers)
            ? numbers
            : throw new InvalidDataException(
                $"{where}: what was measured is not {_measures.Length} numbers that {pixels} pixels can come to. Save it anew.");
    }

    private SegmentationSuspect[] ReadSuspects(long[] numbers, long pixels, string where)
    {
        const int each = 8;
        var suspects = new SegmentationSuspect[numbers.Length / each];
        bool valid = numbers.Length % each == 0 && suspects.Length <= (Options.Suspects?.MostOfAnImage ?? 0);
        for (int i = 0; valid && i < suspects.Length; i++)
        {
            var region = numbers.AsSpan(each * i, each);
            valid = IsClass(region[0]) && IsClass(region[1]) && region[2] > 0 && region[2] <= pixels && IsPlace(region[3], region[5]) && IsPlace(region[4], region[6])
                && region[7] >= 0 && FixedPoint.PixelToDouble(region[7]) <= region[2];
            if (valid)
                suspects[i] = new SegmentationSuspect(
                    (byte)region[0], (byte)region[1], (int)region[2], (int)region[3], (int)region[4], (int)region[5], (int)region[6], region[7]);
        }

        return valid ? suspects : throw new InvalidDataException($"{where}: the suspects are not eight numbers each that {pixels} pixels can come to. Save it anew.");

        bool IsClass(long id) => id >= 0 && id < Labels.ClassCount;

        bool IsPlace(long first, long length) => first >= 0 && length >= 1 && first <= int.MaxValue - length;
    }

    /// <summary>Checks counts as files hold them: known ids, each pair once and in order, nothing below 1 and no sum above the most.</summary>
    /// <returns>All pixels.</returns>
    private static long Check<T>(T ignored, ReadOnlySpan<T> counts, int classes, long most, string where)
        where T : IBinaryInteger<T>
    {
        bool valid = ignored >= T.Zero && counts.Length % 3 == 0;
        long pixels = valid ? long.CreateChecked(ignored) : 0, last = -1;
        valid &= pixels <= most;
        for (int i = 0; valid && i < counts.Length; i += 3)
        {
            long actual = long.CreateChecked(counts[i]), predicted = long.CreateChecked(counts[i + 1]), count = long.CreateChecked(counts[i + 2]);
            long place = actual * (LabelMap.IgnoreId + 1) + predicted;
            valid = actual >= 0 && actual < classes && predicted >= 0 && (predicted < classes || predicted == LabelMap.IgnoreId)
                && place > last && count > 0 && count <= most - pixels;
            (last, pixels) = (place, pixels + count);
        }

        return valid
            ? pixels
            : throw new InvalidDataException($"{where}: the counts are not pairs of known ids, each once and in order, with 1 to {most} pixels together. Save it anew.");
    }
}
