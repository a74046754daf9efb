// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Networks.Backbones;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>Loads a file's tensors into a network: all that are needed, or none.</summary>
/// <remarks>
/// Names are compared without the prefixes of wrappers. Everything is read and checked before the first weight changes, and all that is
/// wrong is reported at once. What batch norms count but do not compute with may be missing: files from before PyTorch 0.4.1 lack it.
/// </remarks>
internal static class WeightLoader
{
    /// <summary>Loads a checkpoint of a whole network.</summary>
    /// <param name="path">A file that <see cref="TensorFormats"/> knows.</param>
    /// <param name="network">The network, its weights initialised.</param>
    /// <param name="info">Which network it is.</param>
    /// <param name="allowClassifierMismatch">Whether the classifiers keep their initialisation where the file's tell apart other classes, or more or fewer.</param>
    /// <param name="labels">The network's classes: the file's are found by name where it names them. Null takes them in their order.</param>
    /// <param name="key">Which of several sets of weights in the file; null for the first.</param>
    /// <param name="cancellation">Ends the reading; the network is as it was.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="WeightMismatchException">The file does not fit; the network is as it was.</exception>
    public static WeightReport Load(
        string path, SegmentationNetwork network, SegmentationNetworkInfo info, bool allowClassifierMismatch, LabelMap? labels = null, string? key = null,
        CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var weights = network.state_dict();
        using var file = Open(path, key, weights);
        var order = labels is null ? null : ClassOrder.Of(file.Metadata, path, labels);
        var match = WeightMatch.Of(file, weights, name => name);
        bool IsClassifier(string name) => WeightTable.Of(info).ClassDimensionOf(name) is not null;
        bool areOther = order is { Difference: not null } && allowClassifierMismatch;
        var report = match.Check(name => allowClassifierMismatch && IsClassifier(name), match.IsLaterBlock, name => areOther && IsClassifier(name), cancellation);
        report.Classes = Describe(order, allowClassifierMismatch);
        if (match.IsEmpty)
            throw new WeightMismatchException(
                $"{path} holds no tensor of {info}: its names are {FirstOf(file.Tensors.Keys)}; the network's are {FirstOf(weights.Keys)}.{Advice(file, network, info)}", report);

        return Finish(match, report, path, $"{info} with {network.ClassCount} classes", () => Advice(file, network, info), Arrange);

        Tensor Arrange(string name, Tensor values) => order?.Places is { } places && WeightTable.Of(info).ClassDimensionOf(name) is { } dimension
            ? values.index_select(dimension, tensor(places))
            : values;
    }

    /// <summary>Loads the authors' ImageNet weights into a network's backbone. What only classifying ImageNet needs is left out on both sides.</summary>
    /// <param name="path">A file that <see cref="TensorFormats"/> knows.</param>
    /// <param name="network">The network, its weights initialised.</param>
    /// <param name="info">Which network it is.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="WeightMismatchException">The file is of another backbone, or of a whole network; the network is as it was.</exception>
    public static WeightReport LoadBackbone(string path, SegmentationNetwork network, SegmentationNetworkInfo info)
    {
        using var scope = NewDisposeScope();
        using var file = Open(path);
        var match = MatchBackbone(file, network);
        var report = match.Check(_ => false, _ => true);
        if (match.IsEmpty)
            throw new WeightMismatchException(
                $"{path} holds no tensor of the backbone of {info}: its names are {FirstOf(file.Tensors.Keys)}.{Advice()} " +
                "Give the authors' file of ImageNet weights for this backbone.", report);

        return Finish(match, report, path, $"the backbone of {info}", Advice);

        string Advice() => WeightTable.Guess(file.Tensors) is ({ Count: > 0 } networks, _)
            ? $" It looks like a checkpoint of the whole network {string.Join(" or ", networks)}: start from that instead of from a backbone."
            : "";
    }

    private static bool IsOfImageNet(string name, Backbone backbone)
    {
        const string Prefix = "backbone.";
        return backbone.IsInlined
            ? backbone.named_children().Any(stage => name.StartsWith($"{stage.name}.", StringComparison.Ordinal))
            : name.StartsWith(Prefix, StringComparison.Ordinal) && backbone.NameOf(name[Prefix.Length..]) is not null;
    }

    private static TensorFile Open(string path) => TensorFormats.Open(File(path));

    private static TensorFile Open(string path, string? key, Dictionary<string, Tensor> weights) => CheckpointPart.Open(File(path), key, weights.Keys);

    private static string File(string path) => Directory.Exists(path) ? throw new InvalidDataException($"{path} is a folder. Name a checkpoint in it.") : path;

    private static string? Describe(ClassOrder? order, bool allowClassifierMismatch) => order switch
    {
        { IsNamed: false } => "the file does not name its classes, and they are taken in their order",
        { Places: not null } => "the file has the same classes in another order, and its classifiers are brought into the order wanted",
        { Difference: { } difference } when allowClassifierMismatch => $"the file has other classes, and the classifiers start from random weights: {difference.TrimEnd('.')}",
        { Difference: { } difference } => $"the file has other names for its classes, which are taken in their order: {difference.TrimEnd('.')}",
        _ => null,
    };

    private static WeightReport Finish(
        WeightMatch match, WeightReport report, string path, string target, Func<string> advise, Func<string, Tensor, Tensor>? arrange = null)
    {
        if (!report.IsLoaded)
            throw new WeightMismatchException($"{path} does not fit {target}: {report}.{advise()}", report);
        match.Copy(arrange);
        return report;
    }

    private static string Advice(TensorFile file, SegmentationNetwork network, SegmentationNetworkInfo info)
    {
        var (networks, classes) = WeightTable.Guess(file.Tensors);
        if (networks.Count == 0)
        {
            return MatchBackbone(file, network) is { IsEmpty: false } match && match.Check(_ => false, _ => true).IsLoaded
                ? $" It holds ImageNet weights of the backbone of {info}: train from them."
                : "";
        }

        return networks.Contains(info) && classes != network.ClassCount
            ? $" It was trained on {classes} classes: give a label map of as many, or set AllowClassifierMismatch and train the classifier anew."
            : $" It looks like a checkpoint of {string.Join(" or ", networks)} with {classes} classes.";
    }

    private static WeightMatch MatchBackbone(TensorFile file, SegmentationNetwork network) =>
        WeightMatch.Of(file, network.state_dict().Where(pair => IsOfImageNet(pair.Key, network.Backbone)), network.Backbone.NameOf);

    private static string FirstOf(IEnumerable<string> names) => string.Join(", ", names.Take(3)) + (names.Skip(3).Any() ? ", …" : "");
}
