// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.SemanticFlow.Onnx.Schema;
using static Microsoft.ML.SemanticFlow.Onnx.Schema.TensorProto.Types;

namespace Microsoft.ML.SemanticFlow.Onnx;

/// <summary>Writes an ONNX graph: one method an operator, shapes checked as it grows.</summary>
/// <remarks>Batches are always free. Where the image size is free too, sizes and matrices that hang on it are computed in the graph.</remarks>
/// <param name="countsOnly">Whether the weights of convolutions are left out, for they only cost time where nothing but the count is wanted.</param>
/// <param name="isPlain">Whether every layer is written by itself, as PyTorch's exporter does: what the rewrites are tested and measured against.</param>
internal sealed partial class GraphBuilder(bool countsOnly = false, bool isPlain = false)
{
    private const int OpsetVersion = 18;        // Resize by axes; GridSample
    private const int IrVersion = 8;            // of the same release
    private const string Batch = "N";
    private const int SameBatch = 0;            // of a new shape

    private readonly GraphProto _graph = new() { Name = "semanticflow" };
    private readonly Dictionary<string, string> _constants = [];
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>Whether every layer is to be written by itself.</summary>
    public bool IsPlain { get; } = isPlain;

    /// <summary>Multiply-accumulates of the convolutions so far, for one image; those of free size do not count.</summary>
    public long MultiplyAccumulates { get; private set; }

    /// <summary>Takes normalised planes, float32 [N, channels, H, W].</summary>
    public OnnxValue NormalisedInput(string name, int channels, int? height, int? width)
    {
        _graph.Input.Add(Describe(name, DataType.Float, Batch, channels, Size(height, "height"), Size(width, "width")));
        return new OnnxValue(name, channels, height, width) { Stride = 1 };
    }

    /// <summary>Takes planes as decoded, float32 from 0 to 255, [N, 3, H, W] red, green, blue; gives them with the mean subtracted.</summary>
    public OnnxValue PlanesInput(string name, int? height, int? width, IReadOnlyList<float> mean, IReadOnlyList<float> std)
    {
        var planes = NormalisedInput(name, 3, height, width);
        string centred = Node("Sub", [planes.Name, Constant([.. mean.Select(value => value * 255)], 1, 3, 1, 1)]);
        return planes with { Name = centred, Pixels = new PixelChannels([0, 1, 2], Scales(std)) };
    }

    /// <summary>Takes decoded pixels, uint8 [N, H, W, 4] blue, green, red, alpha; gives them with the mean subtracted.</summary>
    /// <remarks>
    /// The first convolution takes up the rest. The mean stays a subtraction: folded into the bias, it would be wrong at the border, where
    /// the padding is zero in normalised values.
    /// </remarks>
    public OnnxValue PixelInput(string name, int? height, int? width, IReadOnlyList<float> mean, IReadOnlyList<float> std)
    {
        _graph.Input.Add(Describe(name, DataType.Uint8, Batch, Size(height, "height"), Size(width, "width"), 4));
        string planes = Node("Transpose", [name], Ints("perm", 0, 3, 1, 2));
        string values = Node("Cast", [planes], Int("to", (int)DataType.Float));
        string centred = Node("Sub", [values, Constant([mean[2] * 255, mean[1] * 255, mean[0] * 255, 0], 1, 4, 1, 1)]);
        return new OnnxValue(centred, 4, height, width)
        {
            Stride = 1,
            Pixels = new PixelChannels([2, 1, 0, -1], Scales(std)),
        };
    }

    public OnnxValue Convolution(OnnxValue x, ConvolutionWeights weights)
    {
        if (x.Pixels is not null)
            weights = weights.Over(x.Pixels);
        Expect(x.Channels == weights.Inputs, "Conv", x, $"{weights.Inputs} channels");
        int kernel = weights.Kernel, padding = weights.Padding;
        List<string> inputs = [x.Name, Constant(weights)];
        if (weights.Bias is not null)
            inputs.Add(Constant(Single(weights.Bias), weights.Outputs));
        string name = Node("Conv", inputs, Ints("kernel_shape", kernel, kernel), Ints("strides", weights.Stride, weights.Stride),
            Ints("pads", padding, padding, padding, padding), Ints("dilations", weights.Dilation, weights.Dilation), Int("group", weights.Groups));
        var result = new OnnxValue(name, weights.Outputs, Shrink(x.Height), Shrink(x.Width)) { Stride = x.Stride * weights.Stride };
        MultiplyAccumulates += (long)weights.Weight.Length * (result.Height ?? 0) * (result.Width ?? 0);
        return result;

        int? Shrink(int? side) => side is { } s ? ((s + (2 * padding) - (weights.Dilation * (kernel - 1)) - 1) / weights.Stride) + 1 : null;
    }

    /// <summary>Averages over windows; the padding counts, as zeros.</summary>
    public OnnxValue AveragePool(OnnxValue x, int kernel, int stride, int padding) => Pool("AveragePool", x, kernel, stride, padding, Int("count_include_pad", 1));

    public OnnxValue MaxPool(OnnxValue x, int kernel, int stride, int padding) => Pool("MaxPool", x, kernel, stride, padding);

    public OnnxValue Relu(OnnxValue x) => x with { Name = Node("Relu", [Feature(x)]) };

    public OnnxValue Sigmoid(OnnxValue x) => x with { Name = Node("Sigmoid", [Feature(x)]) };

    public OnnxValue Add(OnnxValue x, OnnxValue y) => Elementwise("Add", x, y);

    public OnnxValue Subtract(OnnxValue x, OnnxValue y) => Elementwise("Sub", x, y);

    /// <summary>x times y, where y has as many channels or one.</summary>
    public OnnxValue Multiply(OnnxValue x, OnnxValue y) => Elementwise("Mul", x, y);

    /// <summary>x share + y (1 - share), where the share has one channel.</summary>
    public OnnxValue Blend(OnnxValue x, OnnxValue y, OnnxValue share)
    {
        if (!IsPlain)
            return Add(y, Multiply(Subtract(x, y), share));         // with one product less
        var rest = share with { Name = Node("Sub", [Constant([1f], 1), Feature(share)]) };
        return Add(Multiply(x, share), Multiply(y, rest));
    }

    public OnnxValue Concatenate(params IReadOnlyList<OnnxValue> values)
    {
        foreach (var value in values)
            ExpectSameSize("Concat", value, values[0]);
        return values[0] with { Name = Node("Concat", [.. values.Select(Feature)], Int("axis", 1)), Channels = values.Sum(value => value.Channels) };
    }

    /// <summary>Cuts a map into maps of the given numbers of channels.</summary>
    public OnnxValue[] Split(OnnxValue x, params int[] channels)
    {
        Expect(x.Channels == channels.Sum(), "Split", x, $"{channels.Sum()} channels");
        var names = Nodes("Split", [Feature(x), Constant([.. channels.Select(count => (long)count)])], channels.Length, Int("axis", 1));
        return [.. names.Select((name, i) => x with { Name = name, Channels = channels[i] })];
    }

    /// <summary>The mean over the channels.</summary>
    public OnnxValue ChannelMean(OnnxValue x) => Reduce("ReduceMean", x);

    /// <summary>The largest over the channels: halves compared with halves, for ONNX Runtime's own reduction over channels is slow.</summary>
    public OnnxValue ChannelMax(OnnxValue x)
    {
        while (!IsPlain && x.Channels > 1 && x.Channels % 2 == 0)
        {
            var halves = Split(x, x.Channels / 2, x.Channels / 2);
            x = Elementwise("Max", halves[0], halves[1]);
        }

        return x.Channels == 1 ? x : Reduce("ReduceMax", x);
    }

    /// <summary>Ends the graph with one float32 output.</summary>
    /// <param name="value">The output; its size is written down when it is known.</param>
    /// <param name="name">What the output is called.</param>
    /// <param name="atImageSize">Whether free sizes are those of the image.</param>
    public void Output(OnnxValue value, string name, bool atImageSize)
    {
        var node = _graph.Node.Last(candidate => candidate.Output.Contains(value.Name));
        node.Output[node.Output.IndexOf(value.Name)] = name;
        string prefix = atImageSize ? "" : "logits_";
        _graph.Output.Add(Describe(name, DataType.Float, Batch, value.Channels, Size(value.Height, prefix + "height"), Size(value.Width, prefix + "width")));
    }

    /// <summary>The file.</summary>
    public byte[] ToBytes(IReadOnlyDictionary<string, string> metadata)
    {
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "Microsoft.ML.SemanticFlow",
            ProducerVersion = typeof(GraphBuilder).Assembly.GetName().Version?.ToString(3) ?? "",
            Graph = _graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OpsetVersion });
        model.SetMetadata(metadata);
        return model.ToByteArray();
    }

    private OnnxValue Pool(string operation, OnnxValue x, int kernel, int stride, int padding, params AttributeProto[] more)
    {
        string name = Node(
            operation, [Feature(x)],
            [Ints("kernel_shape", kernel, kernel), Ints("strides", stride, stride), Ints("pads", padding, padding, padding, padding), .. more]);
        return new OnnxValue(name, x.Channels, Shrink(x.Height), Shrink(x.Width)) { Stride = x.Stride * stride };

        int? Shrink(int? side) => side is { } s ? ((s + (2 * padding) - kernel) / stride) + 1 : null;
    }

    private OnnxValue Reduce(string operation, OnnxValue x) => x with { Name = Node(operation, [Feature(x), Constant([1L])], Int("keepdims", 1)), Channels = 1 };

    private OnnxValue Elementwise(string operation, OnnxValue x, OnnxValue y)
    {
        Expect(y.Channels == x.Channels || y.Channels == 1, operation, y, $"{x.Channels} channels or one");
        ExpectSameSize(operation, y, x);
        return x with { Name = Node(operation, [Feature(x), Feature(y)]) };
    }

    // Nothing but a convolution may read pixels: the others would leave out the folded scale.
    private static string Feature(OnnxValue x)
    {
        Expect(x.Pixels is null, "a layer", x, "features: the first layer must be a convolution");
        return x.Name;
    }

    private static void ExpectSameSize(string operation, OnnxValue x, OnnxValue like) =>
        Expect((x.Height, x.Width) == (like.Height, like.Width), operation, x, $"the size of {like}");

    private static void Expect(bool holds, string operation, OnnxValue x, string what)
    {
        if (!holds)
            throw new InvalidOperationException($"{operation} over {x} needs {what}.");
    }

    private string Node(string operation, IReadOnlyList<string> inputs, params AttributeProto[] attributes) => Nodes(operation, inputs, 1, attributes)[0];

    private string[] Nodes(string operation, IReadOnlyList<string> inputs, int outputs, params AttributeProto[] attributes)
    {
        string name = NextName(operation);
        string[] names = outputs == 1 ? [name] : [.. Enumerable.Range(0, outputs).Select(i => string.Create(CultureInfo.InvariantCulture, $"{name}_{i}"))];
        var node = new NodeProto { Name = name, OpType = operation };
        node.Input.Add(inputs);
        node.Output.Add(names);
        node.Attribute.Add(attributes);
        _graph.Node.Add(node);
        return names;
    }

    private string NextName(string kind)
    {
        int count = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{kind}_{count}");
    }

    private string Constant(ConvolutionWeights weights)
    {
        if (countsOnly)
            return NextName("const");
        byte[] raw = GC.AllocateUninitializedArray<byte>(weights.Weight.Length * sizeof(float));
        weights.WriteTo(MemoryMarshal.Cast<byte, float>(raw.AsSpan()));
        return Constant(DataType.Float, raw, [weights.Outputs, weights.InputsOfGroup, weights.Kernel, weights.Kernel]);
    }

    private string Constant(float[] values, params long[] shape) => Constant(DataType.Float, MemoryMarshal.AsBytes<float>(values).ToArray(), shape);

    private string Constant(params long[] values) => Constant(DataType.Int64, MemoryMarshal.AsBytes<long>(values).ToArray(), [values.Length]);

    private string Scalar(long value) => Constant(DataType.Int64, MemoryMarshal.AsBytes<long>([value]).ToArray(), []);

    // Takes the bytes over.
    private string Constant(DataType type, byte[] raw, long[] shape)
    {
        // Small constants recur; one copy of each is kept.
        string? key = raw.Length <= 64 ? $"{type}[{string.Join(',', shape)}]{Convert.ToHexString(raw)}" : null;
        if (key is not null && _constants.TryGetValue(key, out var known))
            return known;
        var tensor = new TensorProto { Name = NextName("const"), DataType = (int)type, RawData = UnsafeByteOperations.UnsafeWrap(raw) };
        tensor.Dims.Add(shape);
        _graph.Initializer.Add(tensor);
        if (key is not null)
            _constants.Add(key, tensor.Name);
        return tensor.Name;
    }

    private static double[] Scales(IReadOnlyList<float> std) => [.. std.Select(value => 1 / (255.0 * value))];

    private static float[] Single(double[] values) => Array.ConvertAll(values, value => (float)value);

    private static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static AttributeProto Real(string name, float value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value };

    private static AttributeProto Text(string name, string value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    private static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.Add(values);
        return attribute;
    }

    private static object Size(int? side, string name) => side is { } known ? known : name;

    private static ValueInfoProto Describe(string name, DataType type, params object[] shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.Add(shape.Select(side => side is int known
            ? new TensorShapeProto.Types.Dimension { DimValue = known }
            : new TensorShapeProto.Types.Dimension { DimParam = (string)side }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dimensions } } };
    }
}
