// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;

namespace Microsoft.ML.SemanticFlow;

/// <summary>How the tensors of a checkpoint fit a network: which were loaded, and everything that stood in the way.</summary>
/// <remarks>
/// Names are those of the network's state dict; a tensor that the network holds under two names is listed once, under the first.
/// <see cref="ToString"/> groups long lists.
/// </remarks>
/// <example>
/// <code>
/// var options = new CheckpointImportOptions { Network = SegmentationNetworks.SFNetR18, Labels = LabelMaps.Cityscapes };
/// using var imported = ml.SemanticSegmentation.ImportCheckpoint("sf_r18.pth", options);
/// WeightReport report = imported.Report;
/// Console.WriteLine($"{report.Loaded.Count} tensors were read, {report.Unexpected.Count} were left out");
/// </code>
/// </example>
public sealed class WeightReport
{
    internal WeightReport()
    {
    }

    /// <summary>Where in the file the weights lay: the keys that lead to them, and the words before their names, with points between. Empty at its top.</summary>
    public string Key { get; internal init; } = "";

    /// <summary>Where further weights of the network lie in the file, such as a moving average: <see cref="CheckpointImportOptions.CheckpointKey"/> chooses.</summary>
    public IReadOnlyList<string> OtherKeys { get; internal init; } = [];

    /// <summary>What was taken from the file; of a refused file, what would have been.</summary>
    public IReadOnlyList<string> Loaded { get; internal init; } = [];

    /// <summary>What the network needs and the file lacks.</summary>
    public IReadOnlyList<string> Missing { get; internal init; } = [];

    /// <summary>What the file holds beside the network, by its name in the file, such as auxiliary classifiers or weights of the loss. It does no harm.</summary>
    public IReadOnlyList<string> Unexpected { get; internal init; } = [];

    /// <summary>Blocks in the file that go on where a row of the network's ends, by their names in the file: they are of a deeper network.</summary>
    public IReadOnlyList<string> Surplus { get; internal init; } = [];

    /// <summary>What has another shape in the file.</summary>
    public IReadOnlyList<WeightShapeMismatch> MisShaped { get; internal init; } = [];

    /// <summary>
    /// What has the right shape and cannot be used all the same, with the reason: integers for a weight, values that are not finite, two names with different values.
    /// </summary>
    public IReadOnlyDictionary<string, string> Unusable { get; internal init; } = new Dictionary<string, string>();

    /// <summary>
    /// The classifiers' tensors that keep their random initialisation because the file was trained on other classes; the shapes are equal where only the names differ.
    /// A network with any predicts nothing of use before it is trained.
    /// </summary>
    public IReadOnlyList<WeightShapeMismatch> Untrained { get; internal init; } = [];

    /// <summary>What the names of the file's classes came to, without a full stop; null where they are those of the network.</summary>
    public string? Classes { get; internal set; }

    /// <summary>Whether the network was loaded: nothing is missing, mis-shaped, unusable or surplus.</summary>
    public bool IsLoaded => Loaded.Count > 0 && Missing.Count == 0 && MisShaped.Count == 0 && Unusable.Count == 0 && Surplus.Count == 0;

    /// <summary>The report in a sentence without a full stop, long lists of names in groups.</summary>
    public override string ToString()
    {
        int all = Loaded.Count + Missing.Count + MisShaped.Count + Untrained.Count + Unusable.Count;
        List<string> parts = [$"{(Loaded.Count == all ? "all" : $"{Loaded.Count} of")} {all} tensors {(IsLoaded ? "loaded" : "fit")}"];
        if (Missing.Count > 0)
            parts.Add($"{Missing.Count} missing: {WeightNames.Group(Missing)}");
        if (MisShaped.Count > 0)
            parts.Add($"{MisShaped.Count} of another shape: {WeightNames.Shorten(MisShaped)}");
        if (Unusable.Count > 0)
            parts.Add($"{Unusable.Count} unusable: {WeightNames.Shorten([.. Unusable.Select(pair => $"{pair.Key} ({pair.Value})")])}");
        if (Untrained.Count > 0)
            parts.Add($"{Untrained.Count} left untrained: {WeightNames.Shorten(Untrained)}");
        if (Surplus.Count > 0)
            parts.Add($"{Surplus.Count} of blocks that the network does not have: {WeightNames.Group(Surplus)}");
        if (Unexpected.Count > 0)
            parts.Add($"{Unexpected.Count} in the file not used: {WeightNames.Group(Unexpected)}");
        if (Key.Length > 0 || OtherKeys.Count > 0)
            parts.Add(
                $"taken from {(Key.Length > 0 ? $"'{Key}'" : "the top of the file")}" +
                (OtherKeys.Count > 0 ? $", not from {string.Join(" or ", OtherKeys.Select(key => key.Length > 0 ? $"'{key}'" : "the top"))}" : ""));
        if (Classes is not null)
            parts.Add(Classes);
        return string.Join("; ", parts);
    }
}

/// <summary>A tensor whose shape in a file is not the network's.</summary>
/// <example>
/// <code>
/// try
/// {
///     ml.SemanticSegmentation.ImportCheckpoint("sf_r18.pth", new CheckpointImportOptions { Network = SegmentationNetworks.SFNetR18, Labels = LabelMaps.CamVid }).Dispose();
/// }
/// catch (WeightMismatchException e)
/// {
///     foreach (WeightShapeMismatch tensor in e.Report.MisShaped)
///         Console.Error.WriteLine(tensor);                        // 19 classes in the file, 11 in the network
/// }
/// </code>
/// </example>
public sealed class WeightShapeMismatch
{
    internal WeightShapeMismatch(string name, IReadOnlyList<long> expected, IReadOnlyList<long> found) =>
        (Name, Expected, Found) = (name, expected, found);

    /// <summary>Its name in the network.</summary>
    public string Name { get; }

    /// <summary>The network's shape.</summary>
    public IReadOnlyList<long> Expected { get; }

    /// <summary>The file's.</summary>
    public IReadOnlyList<long> Found { get; }

    /// <summary>Name and both shapes.</summary>
    public override string ToString() =>
        $"{Name} [{string.Join(", ", Found)}]{(Found.SequenceEqual(Expected) ? "" : $" where [{string.Join(", ", Expected)}] is due")}";
}
