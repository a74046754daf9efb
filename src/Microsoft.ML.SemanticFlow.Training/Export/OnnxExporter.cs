// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Scoring;
using TorchSharp;

namespace Microsoft.ML.SemanticFlow.Export;

/// <summary>Writes a network to an ONNX file and checks that both give the same scores.</summary>
internal static class OnnxExporter
{
    /// <summary>Writes a network as it is in evaluation mode.</summary>
    /// <param name="network">The network; its mode is the same afterwards.</param>
    /// <param name="description">What the file says about itself; form, size and the hash of the weights are filled in here.</param>
    /// <param name="options">Which file.</param>
    /// <exception cref="ArgumentException">One side of the size is set and the other is not, or the label map has another number of classes.</exception>
    /// <exception cref="SegmentationCheckException">The file's scores are not the network's; nothing is returned.</exception>
    /// <exception cref="OperationCanceledException">The options' token ended it.</exception>
    public static ExportedModel Export(SegmentationNetwork network, ModelDescription description, OnnxExportOptions options)
    {
        byte[] bytes = Write(network, description, options);
        options.CancellationToken.ThrowIfCancellationRequested();
        using var model = SegmentationModel.FromBytes(bytes, description.Network);
        return new ExportedModel(bytes, ExportCheck.Run(network, model, options.CancellationToken));
    }

    /// <summary>The file alone, unchecked.</summary>
    internal static byte[] Write(SegmentationNetwork network, ModelDescription description, OnnxExportOptions options)
    {
        if (options.Height is null != options.Width is null)
            throw new ArgumentException(
                $"An ONNX file's size is fixed in both sides or in neither: height is {Side(options.Height)}, width is {Side(options.Width)}.", nameof(options));
        if (description.Labels.ClassCount != network.ClassCount)
            throw new ArgumentException(
                $"The network tells {network.ClassCount} classes apart, but label map '{description.Labels.Name}' has {description.Labels.ClassCount}. " +
                "Give the map it was trained with.", nameof(description));

        description = description with
        {
            Form = options.Form,
            Normalization = options.Normalization,
            Height = options.Height,
            Width = options.Width,
            WeightsSha256 = WeightsSha256(network),
        };
        return Write(network, description);

        static string Side(int? side) => side?.ToString(CultureInfo.InvariantCulture) ?? "not set";
    }

    /// <summary>SHA-256 over names and float32 values of all parameters and buffers, in the order of their names.</summary>
    public static string WeightsSha256(SegmentationNetwork network)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, tensor) in network.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            using var scope = torch.NewDisposeScope();
            hash.AppendData(tensor.detach().to(torch.float32).cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] Write(SegmentationNetwork network, ModelDescription description)
    {
        var graph = new GraphBuilder();
        if (description.Form == OnnxForm.Scoring)
        {
            var pixels = graph.PixelInput(OnnxSession.InputName, description.Height, description.Width, description.Mean, description.Std);
            graph.Output(network.Emit(graph, pixels), OnnxSession.OutputName, atImageSize: false);
        }
        else
        {
            var image = description.Normalization == OnnxNormalization.Graph
                ? graph.PlanesInput(OnnxSession.InputName, description.Height, description.Width, description.Mean, description.Std)
                : graph.NormalisedInput(OnnxSession.InputName, 3, description.Height, description.Width);
            graph.Output(graph.ResizeLike(network.Emit(graph, image), image), OnnxSession.OutputName, atImageSize: true);
        }

        return graph.ToBytes(description.ToMetadata());
    }
}
