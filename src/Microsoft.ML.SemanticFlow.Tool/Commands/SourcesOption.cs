// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Labels;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>--sources</c>: several data sets that are trained on together; and <c>--source-weights</c>.</summary>
internal static class SourcesOption
{
    public const string Name = "--sources";

    /// <param name="Id">What it is called.</param>
    /// <param name="Kind">Which data set it is; null where its folder shall tell.</param>
    /// <param name="Root">Its folder.</param>
    internal sealed record Source(string Id, SegmentationDatasetInfo? Kind, string Root)
    {
        public override string ToString() => Csv.Quote($"{Id}{(Kind is null ? "" : $":{Kind}")}={Root}");
    }

    public static Option<string?> Create() => new(Name)
    {
        Description = "Several data sets to train on together, instead of --data: a name of each and its root folder; and its kind where the folder does not tell it, " +
            "as in one:kitti-second=DIR. They must have the same classes.",
        HelpName = "NAME=ROOT,...",
    };

    /// <exception cref="UsageException">It does not parse.</exception>
    public static IReadOnlyList<Source>? Read(string? value) => value is null ? null : [.. List.Parts(value).Select(Parse)];

    /// <summary>The option with its folders named otherwise.</summary>
    public static string Rename(string value, Func<string, string> rename) =>
        string.Join(',', List.Parts(value).Select(Parse).Select(source => source with { Root = rename(source.Root) }));

    /// <summary>Weights written as <c>city=2,mine=1</c>.</summary>
    /// <exception cref="ArgumentException">They do not parse.</exception>
    public static IReadOnlyList<SegmentationDatasetSource> ReadWeights(string value) => [.. List.Parts(value).Select(part =>
        part.LastIndexOf('=') is > 0 and var at && double.TryParse(part[(at + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out double weight)
            ? new SegmentationDatasetSource(part[..at], weight)
            : throw new ArgumentException($"'{part}' is no weight of a source. Write NAME=NUMBER, with commas between several."))];

    private static Source Parse(string part)
    {
        if (part.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } root])
            throw new UsageException($"{Name}: '{part}' is no source. Write NAME=ROOT, with commas between several.");
        return name.Split(':', 2) is [{ Length: > 0 } id, { Length: > 0 } kind]
            ? new Source(id, Known(kind), root)
            : new Source(name, Kind: null, root);
    }

    private static SegmentationDatasetInfo Known(string kind)
    {
        try
        {
            return SegmentationDatasets.Get(kind);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"{Name}: {Fault.SentenceOf(e)}", e);
        }
    }
}
