// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Sampling;

namespace Microsoft.ML.SemanticFlow.Presets;

/// <summary>What a training set is like, from some of its images.</summary>
/// <param name="Images">Images of the whole set.</param>
/// <param name="Height">Rows of the middle one by size.</param>
/// <param name="Width">Columns of the middle one by size.</param>
/// <param name="Labels">The classes.</param>
/// <param name="Shares">Of each class among the pixels that count.</param>
internal sealed record DataSurvey(int Images, int Height, int Width, LabelMap Labels, IReadOnlyList<double> Shares)
{
    private const int MostSampled = 48;

    /// <summary>Images of the validation set; null where that is not known.</summary>
    public long? Validated { get; init; }

    public int ShorterSide => Math.Min(Height, Width);

    /// <summary>Reads some images of a view, evenly over its rows.</summary>
    /// <param name="data">The columns ImagePath and LabelPath of a dataset reader, or columns of images and masks.</param>
    /// <param name="options">What the columns are called.</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The view has no such columns, or does not say which classes its masks hold.</exception>
    /// <exception cref="InvalidDataException">No image of those looked at can be read.</exception>
    public static DataSurvey Of(IDataView data, SemanticFlowTrainerOptions options, CancellationToken cancellation)
    {
        var (reader, labels) = Open(data, options);
        DataViewRowId[] ids = [.. reader.ReadIds()];
        int stride = Math.Max(1, ids.Length / MostSampled);
        var wanted = ids.Where((_, i) => i % stride == 0).Take(MostSampled).ToHashSet();
        var sizes = new List<(int Height, int Width)>();
        var pixels = new long[labels.ClassCount];
        Exception? fault = null;
        foreach (var row in reader.Read(random: null, wanted.Contains, cancellation))
        {
            try
            {
                var sample = row.Read()!; // without a rule for faults none is skipped
                sizes.Add((sample.Image.Height, sample.Image.Width));
                foreach (byte id in sample.Mask.Ids)
                {
                    if (id < pixels.Length)
                        pixels[id]++;
                }
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                fault = e; // training says what is wrong, and knows the rule for it
            }
        }

        if (sizes.Count == 0)
            throw new InvalidDataException(fault is null ? "The training set is empty. Give it images." : fault.Message, fault);
        var (height, width) = sizes.OrderBy(size => (long)size.Height * size.Width).ElementAt(sizes.Count / 2);
        double all = Math.Max(1, pixels.Sum());
        return new DataSurvey(ids.Length, height, width, labels, [.. pixels.Select(count => count / all)]) { Validated = options.ValidationSet?.GetRowCount() };
    }

    private static (SampleReader Reader, LabelMap Labels) Open(IDataView data, SemanticFlowTrainerOptions options)
    {
        var masks = data.Schema.GetColumnOrNull(options.LabelColumnName) ?? data.Schema.GetColumnOrNull(SampleReader.LabelPathColumn)
            ?? throw new ArgumentException(
                $"The training set has neither a column '{options.LabelColumnName}' nor '{SampleReader.LabelPathColumn}'. " +
                "Read it with a reader of SemanticSegmentation.Data.", nameof(data));
        var labels = options.Labels ?? MaskAnnotations.TryGet(masks)
            ?? throw new ArgumentException($"Column '{masks.Name}' does not say which classes its masks hold. Pass the label map to the reader of the data set.", nameof(data));
        return masks.Name == options.LabelColumnName
            ? (SampleReader.OfColumns(data, options.ImageColumnName, options.LabelColumnName, labels), labels)
            : (SampleReader.OfPaths(data, labels, new LabelFiles(labels, MaskIds.Raw).Of(masks, "training set")), labels);
    }
}
