// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Display;
using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Sampling;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>From the options to the crops of an epoch.</summary>
/// <param name="labels">The classes.</param>
/// <param name="folder">Keeps the centroids where the masks do not lie in memory; null for none.</param>
/// <param name="processes">The first of them looks for the centroids, for all.</param>
/// <param name="channel">Told how far the search is and what was found.</param>
internal sealed class SamplerFactory(LabelMap labels, RunFolder? folder, Collective processes, IChannel channel)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);

    /// <summary>The sampler of a run; finds the centroids of classes where it needs them.</summary>
    /// <param name="options">The options.</param>
    /// <param name="training">The training set.</param>
    /// <param name="boost">The set that boosts classes, or null.</param>
    /// <param name="cancellation">Ends the search with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidOperationException">No image is as large as a tile.</exception>
    public CropSampler Create(SemanticFlowTrainerOptions options, SampleSource training, SampleSource? boost, CancellationToken cancellation)
    {
        var weightOf = WeightOf(options, training);
        if (options.Sampling is not { } sampling)
            return new CropSampler(training.Count, weightOf);

        var centroids = Find(sampling.Tile, training, folder?.Centroids, cancellation);
        if (sampling.Boost is { } wanted && boost is not null)
        {
            int[] classes = [.. ClassNames.ToIds(wanted.Classes, labels, nameof(wanted.Classes))];
            centroids = centroids.With(Find(sampling.Tile, boost, folder?.BoostCentroids, cancellation), classes, training.Count);
        }

        var byCount = Enumerable.Range(0, labels.ClassCount).ToLookup(classId => centroids[classId].Count > 0, classId => labels.Classes[classId].Name);
        if (!byCount[true].Any())
        {
            throw new InvalidOperationException(
                $"Class-uniform sampling finds no class in the {training.Count} training masks: " +
                $"none holds a whole tile of {sampling.Tile} x {sampling.Tile} pixels with a pixel that counts. " +
                "Set the sampling's Tile to at most the shorter side of the images, or leave class-uniform sampling out.");
        }

        var sampler = new CropSampler(training.Count, sampling.Fraction, centroids, weightOf);
        if (sampler.PerClass == 0)
            channel.Warn(
                FormattableString.Invariant($"A Fraction of {sampling.Fraction} of {training.Count} images is less than one crop for each of {labels.ClassCount} classes: ") +
                "no crop is drawn around a class. Raise it, or leave it out.");
        if (byCount[false].Any())
            channel.Say($"No tile holds {string.Join(", ", byCount[false])}: nothing is drawn around these classes");
        channel.Say($"An epoch has {sampler.Count} crops: {sampler.ImagesDrawn} anywhere in an image, {sampler.PerClass} around each of {byCount[true].Count()} classes");
        return sampler;
    }

    // A sample of the set that boosts classes comes after those of the training set, and has no source.
    private Func<int, double>? WeightOf(SemanticFlowTrainerOptions options, SampleSource training)
    {
        if (options.SourceWeights is not { } sources)
            return null;
        var named = training.Sources() ?? throw new ArgumentException(
            $"SourceWeights need the column {SampleReader.SourceColumn}, which names the source of each image, and the training set has none. " +
            "Put data sets together with Data.Combine, or leave SourceWeights out.", nameof(options));
        var counts = named.CountBy(source => source, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        if (sources.FirstOrDefault(source => !counts.ContainsKey(source.Id)) is { } absent)
            throw new ArgumentException(
                $"SourceWeights name the source '{absent.Id}', of which the training set has no image. Its sources: {string.Join(", ", counts.Keys)}.", nameof(options));
        var weights = sources.ToDictionary(source => source.Id, source => source.SamplingWeight, StringComparer.Ordinal);
        double all = counts.Sum(source => source.Value * WeightOfSource(source.Key));
        channel.Say("Crops by source: " + string.Join(", ", counts.Select(source =>
            FormattableString.Invariant($"{source.Key} {source.Value * WeightOfSource(source.Key) / all:P0} ({source.Value} images)"))));
        double[] bySample = [.. named.Select(WeightOfSource)];
        return sample => sample < bySample.Length ? bySample[sample] : 1;

        double WeightOfSource(string source) => weights.GetValueOrDefault(source, 1);
    }

    private ClassCentroids Find(int tile, SampleSource source, string? path, CancellationToken cancellation)
    {
        if (processes.IsAlone)
            return FindAlone(tile, source, path, cancellation);
        ClassCentroids? found = null;
        byte[] shared = processes.Share(() => CentroidFile.ToBytes(data: "", found = FindAlone(tile, source, path, cancellation)));
        return found ?? CentroidFile.TryParse(shared, data: "")!; // the first process wrote it
    }

    private ClassCentroids FindAlone(int tile, SampleSource source, string? path, CancellationToken cancellation)
    {
        string? data = source.IsCached || path is null ? null : source.FingerprintOfMasks(cancellation);
        if (data is null)
            return Search();

        data = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{data}, tile {tile}, {source.Count} masks"))));
        if (CentroidFile.TryRead(path!, data) is { } kept) // data is null without a path
        {
            channel.Say($"Centroids of the classes are those of {path}");
            return kept;
        }

        var found = Search();
        CentroidFile.Write(path!, data, found);
        return found;

        ClassCentroids Search()
        {
            channel.Say($"Looking for the classes in {source.Count} masks, by tiles of {tile} x {tile} pixels");
            var watch = Stopwatch.StartNew();
            var said = TimeSpan.Zero;
            return ClassCentroids.Find(source.Masks(cancellation), tile, labels.ClassCount, done =>
            {
                cancellation.ThrowIfCancellationRequested();
                if (watch.Elapsed - said < _interval)
                    return;
                said = watch.Elapsed;
                channel.Say($"{done} of {source.Count} masks, about {DurationText.Of(watch.Elapsed * ((double)(source.Count - done) / done))} left");
            });
        }
    }
}
