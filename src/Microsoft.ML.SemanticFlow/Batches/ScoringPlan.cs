// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data.Datasets;

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>Which images of a folder are scored, and where their files go: listed and checked before the first is opened.</summary>
internal sealed class ScoringPlan
{
    private readonly IReadOnlyList<ScoringJob> _all;

    private ScoringPlan(string output, IReadOnlyList<ScoringJob> all, WorkShard shard) =>
        (Output, _all, Shard, Jobs) = (output, all, shard, shard.IsWhole ? all : [.. all.Where((_, position) => shard.Takes(position))]);

    /// <summary>Where the files go.</summary>
    public string Output { get; }

    /// <summary>Which part of the work is this process's.</summary>
    public WorkShard Shard { get; }

    /// <summary>The jobs of the shard.</summary>
    public IReadOnlyList<ScoringJob> Jobs { get; }

    /// <summary>The names of the images of all shards, in their order.</summary>
    public IReadOnlyList<string> Inputs => [.. _all.Select(job => job.Name)];

    /// <summary>Lists the images of a folder, or takes one file.</summary>
    /// <exception cref="ArgumentException">The files would be taken for images, or replace some.</exception>
    /// <exception cref="FileNotFoundException">There is no image.</exception>
    public static ScoringPlan Make(string images, string output, FolderScoringOptions options)
    {
        var nameOf = options.NameOf ?? (static name => name);
        string[] endings = [.. options.Outputs.SelectMany(written => written.Endings)];
        if (!Directory.Exists(images) && Path.Exists(images))
        {
            string name = Path.GetFileName(images);
            return new ScoringPlan(output, [new ScoringJob(name, images, Path.Combine(output, nameOf(Path.GetFileNameWithoutExtension(images))), endings)], options.Shard);
        }

        if (Directory.Exists(images))
            OutputNames.RequireApart(images, output);
        var samples = ImageFolder.List(images, labels: null, options.Reading with { OutputDirectories = [output] });
        return new ScoringPlan(output, [.. samples.Select(sample => JobOf(Path.GetRelativePath(images, sample.ImagePath), sample.ImagePath))], options.Shard);

        ScoringJob JobOf(string below, string image) =>
            new(below.Replace('\\', '/'), image, Path.Combine(output, nameOf(Path.ChangeExtension(below, null))), endings);
    }

    /// <summary>Makes the folders, once no two files have one name.</summary>
    /// <exception cref="InvalidDataException">Two have.</exception>
    /// <exception cref="ArgumentException">One has that of an image.</exception>
    public void Prepare()
    {
        OutputMark.Prepare(Output);
        OutputNames.Check(_all, () => OutputNames.TellsCasesApart(Output));
        foreach (string folder in Jobs.Select(job => Path.GetDirectoryName(job.Stem)!).Distinct()) // a file lies in one
            Directory.CreateDirectory(folder);
    }
}
