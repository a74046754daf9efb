// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Google.Protobuf;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Onnx.Schema;
using Microsoft.ML.SemanticFlow.Scoring;

namespace Microsoft.ML.SemanticFlow.Quantization;

/// <summary>Measures the feature maps of a model on images, one after another.</summary>
internal sealed class Calibration : IDisposable
{
    // All maps of a large network on a large image take gigabytes; the network runs once for each group of this size.
    private const long GroupBytes = 256L << 20;

    private readonly OnnxSession _session;
    private readonly ModelDescription _description;
    private readonly Dictionary<string, ActivationHistogram> _histograms;
    private readonly Dictionary<string, double> _valuesAPixel = [];

    public Calibration(ModelProto model, ModelDescription description, IEnumerable<string> maps, ExecutionOptions scoring)
    {
        _description = description;
        _histograms = maps.ToDictionary(map => map, _ => new ActivationHistogram());
        var opened = model.Clone();
        foreach (string map in _histograms.Keys)
        {
            var type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } };
            opened.Graph.Output.Add(new ValueInfoProto { Name = map, Type = type });
        }

        _session = OnnxSession.Open(opened.ToByteArray(), description.Network, scoring);
    }

    /// <summary>Adds the values that an image of the model's size gives.</summary>
    public void Add(PixelImage image, CancellationToken cancellation)
    {
        foreach (string[] group in Groups(image.Height * image.Width))
        {
            _session.Read(image, _description, group, (map, values) =>
            {
                _histograms[map].Add(values);
                _valuesAPixel[map] = (double)values.Length / (image.Height * image.Width);
            }, cancellation);
        }
    }

    /// <summary>The range of each map by a method.</summary>
    public Dictionary<string, ActivationRange> Ranges(CalibrationMethod method, double percentile) => _histograms.ToDictionary(pair => pair.Key, pair => method switch
    {
        CalibrationMethod.MinMax => pair.Value.Whole(),
        CalibrationMethod.Percentile => pair.Value.Without(1 - (percentile / 100)),
        _ => pair.Value.OfLeastDivergence(),
    });

    public void Dispose() => _session.Dispose();

    // Before the first image no size is known: a few maps at a time.
    private IEnumerable<string[]> Groups(int pixels)
    {
        const int Few = 4;
        if (_valuesAPixel.Count < _histograms.Count)
            return [.. _histograms.Keys.Chunk(Few)];

        var groups = new List<string[]>();
        var group = new List<string>();
        double bytes = 0;
        foreach (string map in _histograms.Keys)
        {
            double more = _valuesAPixel[map] * pixels * sizeof(float);
            if (group.Count > 0 && bytes + more > GroupBytes)
            {
                groups.Add([.. group]);
                group.Clear();
                bytes = 0;
            }

            group.Add(map);
            bytes += more;
        }

        return [.. groups, [.. group]];
    }
}
