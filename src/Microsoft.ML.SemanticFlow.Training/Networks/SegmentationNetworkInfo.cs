// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow;

/// <summary>One network of the papers: an id, where it comes from, and how it is built.</summary>
/// <example>
/// <code>
/// SegmentationNetworkInfo network = SegmentationNetworks.Get("sfnet-lite-r18");
/// Console.WriteLine(network.Title);
/// </code>
/// </example>
public sealed class SegmentationNetworkInfo
{
    private readonly Func<int, SegmentationNetwork> _create;

    internal SegmentationNetworkInfo(string id, string title, string paper, Func<int, SegmentationNetwork> create) =>
        (Id, Title, Paper, _create) = (id, title, paper, create);

    /// <summary>The id used in files and on the command line, such as <c>sfnet-dfv1</c>.</summary>
    public string Id { get; }

    /// <summary>One line for people.</summary>
    public string Title { get; }

    /// <summary>The paper and the section that describe it.</summary>
    public string Paper { get; }

    /// <summary>What the original's training scripts call the network, such as <c>network.sfnet_dfnet.AlignedDFnetv1</c>; null where they never do.</summary>
    public string? OriginalName { get; internal init; }

    /// <summary>The accuracy that the authors published; null where they published none.</summary>
    public PublishedAccuracy? Published { get; internal init; }

    /// <summary>The authors' checkpoint for it; null where they published none.</summary>
    /// <remarks>Trained on the 19 classes of Cityscapes. Other checkpoints, on other data sets, are in their repository.</remarks>
    public Uri? Checkpoint { get; internal init; }

    /// <summary>
    /// The NuGet package with ImageNet weights of the backbone, which <see cref="SemanticFlowTrainerOptions.BackboneWeights"/> finds under the word
    /// <c>imagenet</c>; null where no package has them.
    /// </summary>
    public string? ImageNetPackage { get; internal init; }

    /// <summary>Counts what the network costs. Builds it, so it takes up to a second.</summary>
    /// <param name="classCount">Classes to tell apart, 2 to 254.</param>
    /// <param name="height">Rows of the image, at least 32.</param>
    /// <param name="width">Columns of the image, at least 32.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public NetworkCost CountCost(int classCount, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, ModelDescription.NetworksSmallestSide);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, ModelDescription.NetworksSmallestSide);
        using var network = Create(classCount);
        var graph = new GraphBuilder(countsOnly: true, isPlain: true);       // the network as it is defined
        network.Emit(graph, graph.NormalisedInput("image", channels: 3, height, width));
        return new NetworkCost(network.parameters().Sum(parameter => parameter.numel()), graph.MultiplyAccumulates);
    }

    /// <summary>Builds the network with PyTorch's default initialisation, in training mode.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A mask's byte cannot tell so many classes apart from the ignored pixels.</exception>
    internal SegmentationNetwork Create(int classCount)
    {
        if (classCount is < 2 or > 254)
            throw new ArgumentOutOfRangeException(nameof(classCount), classCount, "A network tells 2 to 254 classes apart.");

        TorchNative.EnsureLoaded();
        return _create(classCount);
    }

    /// <inheritdoc/>
    public override string ToString() => Id;
}
