// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer.Records;
using Microsoft.ML.SemanticFlow.Transforms;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>The views that a training reads, found and checked, and no row of them read.</summary>
internal sealed class TrainingData
{
    private const long BytesOfMegabyte = 1 << 20;

    private readonly long _cacheBytes;
    private readonly SampleReader _training;
    private readonly SampleReader? _boost;
    private readonly SampleReader? _validation;

    private TrainingData(SemanticFlowTrainerOptions options, IDataView input, LabelMap labels)
    {
        (Input, Labels, _cacheBytes) = (input, labels, options.Execution.CacheMegabytes * BytesOfMegabyte);
        var boost = options.Sampling?.Boost;
        if (boost is not null)
            ClassNames.ToIds(boost.Classes, labels, nameof(boost.Classes)); // a name that is none is known at once
        _training = SampleReader.OfColumns(input, options.ImageColumnName, options.LabelColumnName, labels);
        var other = new OtherSet(options, input, labels);
        _boost = other.Find(boost?.Set, "set that boosts classes");
        _validation = other.Find(options.ValidationSet, "validation set");
    }

    /// <summary>The training set.</summary>
    public IDataView Input { get; }

    /// <summary>The classes.</summary>
    public LabelMap Labels { get; }

    /// <summary>Finds the columns of the training set, and those of the sets that the options name.</summary>
    /// <exception cref="InvalidOperationException">Nothing says which classes the masks hold.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="ArgumentException">The paths of another set carry a label map of other classes.</exception>
    public static TrainingData Find(SemanticFlowTrainerOptions options, IDataView input) =>
        new(options, input, options.Labels ?? MaskAnnotations.TryGet(RowInput.Mask("label", options.LabelColumnName).Find(input.Schema))
            ?? throw new InvalidOperationException(
                $"Column '{options.LabelColumnName}' does not say which classes its masks hold. Load it with LoadMasks, or set Labels in the options."));

    /// <summary>Opens what is trained on; images go into memory as long as there is room.</summary>
    /// <exception cref="InvalidDataException">A set is empty, or a row does not hold.</exception>
    public (SampleSource Training, SampleSource? Boost) OpenTraining(int threads, CancellationToken cancellation)
    {
        var training = SampleSource.Open(_training, _cacheBytes, threads, "training set", cancellation);
        var boost = _boost is null ? null : SampleSource.Open(_boost, _cacheBytes - training.CachedBytes, threads, "set that boosts classes", cancellation);
        return (training, boost);
    }

    /// <summary>Opens what is validated on, where there is such a set; images go into the memory that is left.</summary>
    /// <exception cref="InvalidDataException">The set is empty, or a row does not hold.</exception>
    public SampleSource? OpenValidation(long cachedBytes, int threads, CancellationToken cancellation) =>
        _validation is null ? null : SampleSource.Open(_validation, _cacheBytes - cachedBytes, threads, "validation set", cancellation);

    /// <summary>A set beside the training set: with its columns, or with the paths of a dataset reader, whose files are read as the training set's.</summary>
    private sealed class OtherSet
    {
        private readonly SemanticFlowTrainerOptions _options;
        private readonly LabelMap _labels;
        private readonly LabelFiles _files;
        private readonly (int Height, int Width)? _size;

        public OtherSet(SemanticFlowTrainerOptions options, IDataView training, LabelMap labels)
        {
            (_options, _labels) = (options, labels);
            var (image, label) = (training.Schema[options.ImageColumnName], training.Schema[options.LabelColumnName]); // the reader found them
            _files = new LabelFiles(MaskAnnotations.TryGet(label) ?? labels, DataFingerprint.IdsOf(training, label.Name) ?? MaskIds.Raw);
            _size = image.Type is ImageDataViewType { Height: > 0, Width: > 0 } known ? (known.Height, known.Width) : null;
        }

        public SampleReader? Find(IDataView? data, string what)
        {
            if (data is null)
                return null;
            var masks = data.Schema.GetColumnOrNull(_options.LabelColumnName);
            if (masks is null && data.Schema.GetColumnOrNull(SampleReader.LabelPathColumn) is { } paths)
                return SampleReader.OfPaths(data, _labels, _files.Of(paths, what), _size);
            if (_options.Labels is null && masks is { } column
                && MaskAnnotations.TryGet(column)?.FindDifference(_labels, $"Column '{column.Name}' of the {what}", "the training set") is { } difference)
            {
                throw new ArgumentException($"{difference} Load both with one label map, or set Labels in the options to go by the ids.");
            }

            return SampleReader.OfColumns(data, _options.ImageColumnName, _options.LabelColumnName, _labels);
        }
    }
}
