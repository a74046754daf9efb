// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using Google.Protobuf;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Onnx.Schema;

namespace Microsoft.ML.SemanticFlow.Quantization;

/// <summary>Finds as many layers of a model to run on bytes as keep its masks.</summary>
internal sealed class ModelQuantizer
{
    // Images that the layers are ranked on: their order needs no more, and each runs once a layer.
    private const int RankingImages = 2;

    private readonly SegmentationModel _model;
    private readonly QuantizationOptions _options;
    private readonly ExecutionOptions _scoring;
    private readonly CalibrationData _data;
    private readonly ModelProto _graph;
    private readonly GraphSites _sites;
    private readonly List<HeldOutImage> _heldOut = [];
    private readonly List<(PixelImage Image, float[] Scores)> _ranking = [];
    private readonly SegmentationEvaluation _float32;
    private Dictionary<string, ActivationRange> _ranges = [];

    private ModelQuantizer(SegmentationModel model, CalibrationData data, QuantizationOptions options, ExecutionOptions scoring)
    {
        (_model, _data, _options, _scoring) = (model, data, options, scoring);
        if (model.Precision != OnnxPrecision.Float32)
            throw new ArgumentException($"The model computes in {model.Precision} already. Quantize the float32 file that it was made of.", nameof(model));
        _float32 = Evaluation();
        _graph = ModelProto.Parser.ParseFrom(model.Bytes);
        _sites = new GraphSites(_graph.Graph);
        if (_sites.Convolutions.Count == 0)
            throw new InvalidOperationException($"The model of {model.Network} has no convolution that could run on bytes.");
    }

    /// <param name="Image">The image.</param>
    /// <param name="Name">How messages call it.</param>
    /// <param name="Label">Its ground truth; null where there is none.</param>
    /// <param name="Expected">What the float32 model says.</param>
    private sealed record HeldOutImage(PixelImage Image, string Name, SegmentationMask? Label, SegmentationMask Expected);

    /// <summary>Quantizes a float32 model.</summary>
    public static QuantizedModel Run(IHostEnvironment environment, SegmentationModel model, CalibrationData data, QuantizationOptions options) =>
        new ModelQuantizer(model, data, options, ExecutionOptions.Of(environment, execution: null)).Run();

    private QuantizedModel Run()
    {
        Measure();
        var best = Build(_sites.Convolutions.ToHashSet());
        try
        {
            double agreement = Agreement(best, QuantizationPhase.Comparing);
            Site[] sensitive = [];
            if (agreement < _options.MinimumAgreement)
            {
                best.Dispose();
                (sensitive, agreement) = Search(Ranked());
                best = Build(_sites.Convolutions.Except(sensitive).ToHashSet());
            }

            bool labelled = _heldOut.TrueForAll(image => image.Label is not null);
            return new QuantizedModel(best, new QuantizationReport
            {
                Agreement = agreement,
                Float32MeanIoU = labelled ? _float32.Metrics.MeanIoU : null,
                QuantizedMeanIoU = labelled ? MeanIoU(best) : null,
                QuantizedLayers = _sites.Convolutions.Count - sensitive.Length,
                SensitiveLayers = [.. sensitive.Select(site => site.Node.Name)],
                CalibrationImages = _data.Calibrating,
                HeldOutImages = _data.HeldOut,
            });
        }
        catch
        {
            best.Dispose();
            throw;
        }
    }

    private void Measure()
    {
        using var calibration = new Calibration(_graph, _model.Description, _sites.All.SelectMany(site => site.Inputs.Append(site.Output)).Distinct(), _scoring);
        int done = 0;
        foreach (var (sample, isHeldOut) in _data.Read())
        {
            _options.CancellationToken.ThrowIfCancellationRequested();
            if (isHeldOut)
            {
                var expected = _model.Predict(sample.Image, sample.Name, cancellationToken: _options.CancellationToken);
                if (sample.Label is { } label)
                    _float32.Add(label, expected, sample.Name); // here, so that a label that does not fit ends it before the long part
                _heldOut.Add(new HeldOutImage(sample.Image, sample.Name, sample.Label, expected));
                continue;
            }

            using (var resized = _model.Scorer.ToInputSize(sample.Image, sample.Name))
                calibration.Add(resized ?? sample.Image, _options.CancellationToken);
            if (_ranking.Count < RankingImages)
                _ranking.Add((sample.Image, _model.Scorer.RunLogits(sample.Image, _options.CancellationToken).Logits));
            Report(QuantizationPhase.Calibrating, ++done, _data.Calibrating);
        }

        _ranges = calibration.Ranges(_options.Method, _options.Percentile);
    }

    // The most sensitive layer first: what it alone does to the scores.
    private Site[] Ranked()
    {
        var errors = new Dictionary<Site, double>();
        foreach (var site in _sites.Convolutions)
        {
            using var single = Build(new HashSet<Site> { site });
            double squares = 0;
            foreach (var (image, scores) in _ranking)
            {
                var actual = single.Scorer.RunLogits(image, _options.CancellationToken).Logits;
                for (int i = 0; i < scores.Length; i++)
                    squares += Math.Pow((double)scores[i] - actual[i], 2);
            }

            errors.Add(site, squares);
            Report(QuantizationPhase.RankingLayers, errors.Count, _sites.Convolutions.Count);
        }

        return [.. _sites.Convolutions.OrderByDescending(site => errors[site])];
    }

    // Halves the range of how many of the most sensitive stay in float32: none are too few, and all are the float32 model.
    private (Site[] Sensitive, double Agreement) Search(Site[] ranked)
    {
        int tooFew = 0, enough = ranked.Length, done = 0;
        double agreement = 1;
        while (enough - tooFew > 1)
        {
            int kept = (tooFew + enough) / 2;
            using var candidate = Build(ranked.Skip(kept).ToHashSet());
            double reached = Agreement(candidate, phase: null);
            if (reached >= _options.MinimumAgreement)
                (agreement, enough) = (reached, kept);
            else
                tooFew = kept;
            Report(QuantizationPhase.Searching, ++done, done + BitOperations.Log2((uint)(enough - tooFew)));
        }

        return (ranked[..enough], agreement);
    }

    private SegmentationModel Build(IReadOnlySet<Site> convolutions)
    {
        var quantized = QuantizedGraph.Of(_graph, _sites, convolutions, _ranges);
        quantized.SetMetadata((_model.Description with { Precision = OnnxPrecision.Int8 }).ToMetadata());
        return SegmentationModel.FromBytes(quantized.ToByteArray(), _model.Network, _scoring);
    }

    private double Agreement(SegmentationModel candidate, QuantizationPhase? phase)
    {
        var evaluation = Evaluation();
        foreach (var (index, image) in _heldOut.Index())
        {
            evaluation.Add(image.Expected, candidate.Predict(image.Image, cancellationToken: _options.CancellationToken), image.Name);
            if (phase is { } known)
                Report(known, index + 1, _heldOut.Count);
        }

        return evaluation.Metrics.PixelAccuracy; // a prediction has no ignored pixels
    }

    private double MeanIoU(SegmentationModel quantized)
    {
        var evaluation = Evaluation();
        foreach (var image in _heldOut)
            evaluation.Add(image.Label!, quantized.Predict(image.Image, cancellationToken: _options.CancellationToken), image.Name); // asked for where all have labels
        return evaluation.Metrics.MeanIoU;
    }

    private SegmentationEvaluation Evaluation() => new(_model.Labels, keepImages: false);

    private void Report(QuantizationPhase phase, int done, int total) => _options.Progress?.Report(new QuantizationProgress(phase, done, total));
}
