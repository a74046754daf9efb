// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.SemanticFlow.Onnx.Schema;
using static Microsoft.ML.SemanticFlow.Onnx.Schema.TensorProto.Types;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints.Onnx;

/// <summary>The weights in an ONNX file, by the names of its initializers; PyTorch's exporter keeps those of the state dict.</summary>
/// <remarks>
/// ML.NET's ResNet-18 has names that mean nothing and other pixels: it shows as <see cref="ImageFeaturizer"/> translates it. Tensors of types that no
/// network has, such as texts, are left out.
/// </remarks>
internal sealed class OnnxWeights : TensorFile
{
    private readonly string _source;
    private readonly Dictionary<string, (TensorProto Values, Func<Tensor, Tensor>? Change)> _weights = [];
    private readonly Dictionary<string, TensorEntry> _tensors = [];

    /// <summary>Reads a file; the stream is taken over.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="source">How messages name it.</param>
    /// <exception cref="InvalidDataException">It is not a whole ONNX file, or keeps its weights in others.</exception>
    public OnnxWeights(Stream stream, string source)
    {
        _source = source;
        var model = Parse(stream, source);
        var featurizer = ImageFeaturizer.TryRead(model);
        foreach (var tensor in model.Graph?.Initializer ?? [])
        {
            if (TypeOf(tensor) is not { } type)
                continue;
            Check(tensor, type);
            var (name, change) = featurizer is null ? (tensor.Name, null) : featurizer.Translate(tensor.Name);
            _tensors[name] = new TensorEntry([.. tensor.Dims], type);
            _weights[name] = (tensor, change);
        }

        Metadata = model.MetadataProps.DistinctBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Value);
        Format = featurizer is null ? "ONNX" : "ONNX, ML.NET's ResNet-18";
    }

    public override IReadOnlyDictionary<string, TensorEntry> Tensors => _tensors;

    public override IReadOnlyDictionary<string, string> Metadata { get; }

    public override string Format { get; }

    public override Tensor Read(string name)
    {
        var (tensor, change) = _weights[name];
        var values = empty([.. tensor.Dims], _tensors[name].Type);
        if (tensor.FloatData.Count > 0)
            MemoryMarshal.AsBytes<float>(tensor.FloatData.ToArray()).CopyTo(values.bytes);
        else
            tensor.RawData.Span.CopyTo(values.bytes);
        if (change is null)
            return values;
        using (values)
            return change(values);
    }

    // The file is in memory.
    protected override void Dispose(bool disposing)
    {
    }

    private static ModelProto Parse(Stream stream, string source)
    {
        using (stream)
        {
            try
            {
                return ModelProto.Parser.ParseFrom(stream);
            }
            catch (InvalidProtocolBufferException e)
            {
                throw new InvalidDataException($"{source} is not a whole ONNX file. Copy or download it again.", e);
            }
        }
    }

    private static ScalarType? TypeOf(TensorProto tensor) => (DataType)tensor.DataType switch
    {
        DataType.Float => ScalarType.Float32,
        DataType.Double => ScalarType.Float64,
        DataType.Float16 => ScalarType.Float16,
        DataType.Bfloat16 => ScalarType.BFloat16,
        DataType.Int64 => ScalarType.Int64,
        DataType.Int32 => ScalarType.Int32,
        DataType.Int8 => ScalarType.Int8,
        DataType.Uint8 => ScalarType.Byte,
        DataType.Bool => ScalarType.Bool,
        _ => null,
    };

    // Before anything is made of the sizes that the file claims.
    private void Check(TensorProto tensor, ScalarType type)
    {
        if (tensor.Name.Length > LongestName || tensor.Dims.Count > MostDimensions)
            throw new InvalidDataException($"{_source} is no file of weights: it has a tensor with a name of {tensor.Name.Length} characters and {tensor.Dims.Count} dimensions.");
        Int128 count = 1;
        foreach (long side in tensor.Dims)
            count = side < 0 || count > long.MaxValue ? -1 : count * side;
        bool isWhole = tensor.FloatData.Count > 0
            ? type == ScalarType.Float32 && tensor.RawData.IsEmpty && count == tensor.FloatData.Count
            : count >= 0 && count * ElementTypes.SizeOf(type) == tensor.RawData.Length;
        if (!isWhole)
        {
            throw new InvalidDataException(
                $"{_source}: tensor '{Excerpt.Of(tensor.Name)}' should hold [{string.Join(", ", tensor.Dims)}] values of {type}, and does not. " +
                "The file is damaged, or keeps its weights in files beside it: write it with all of them inside.");
        }
    }
}
