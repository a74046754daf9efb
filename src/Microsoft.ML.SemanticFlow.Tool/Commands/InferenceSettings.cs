// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The options that say how often, at which sizes and in which pieces a model sees an image.</summary>
internal sealed class InferenceSettings
{
    private readonly Option<string?> _scales = new("--scales")
    {
        Description = "Average the scores of the image at several sizes, such as 0.5,1,2. [default: the model's own]",
        HelpName = "X,X",
    };
    private readonly Option<bool> _flip = new("--flip") { Description = "Average the scores with those of the mirrored image; twice the work." };
    private readonly Option<(int Height, int Width)?> _sliding = new("--sliding")
    {
        Description = "Score in overlapping tiles of this size, instead of the whole image.",
        HelpName = "H,W",
        CustomParser = Pair.Size,
    };
    private readonly Option<double?> _overlap = new("--overlap") { Description = "Share of a tile that the next one covers too. [default: 1/3]", HelpName = "X" };
    private readonly Option<string?> _blend = new("--blend")
    {
        Description = "How overlapping tiles are averaged: with equal weight (mean), or with less towards their edges, so that no seam shows (linear). [default: mean]",
    };

    public InferenceSettings() => _blend.AcceptOnlyFromAmong("mean", "linear");

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [_scales, _flip, _sliding, _overlap, _blend];

    public void AddTo(CliCommand command)
    {
        foreach (var option in All)
            command.Add(option);
    }

    /// <summary>Whether the user wrote any of them.</summary>
    public bool AnyIn(ParseResult parsed) => All.Any(option => parsed.GetResult(option) is { Implicit: false });

    /// <summary>What the user wrote, on top of how a model is applied by itself.</summary>
    /// <exception cref="UsageException">A value is out of range, or tiles are described without their size.</exception>
    public Func<InferenceOptions, InferenceOptions> Read(ParseResult parsed)
    {
        bool isAny = AnyIn(parsed), saysScales = parsed.GetValue(_scales) is not null;
        var wanted = Make(parsed);
        return own => !isAny ? own : saysScales ? wanted : wanted with { Scales = own.Scales };
    }

    private InferenceOptions Make(ParseResult parsed)
    {
        var inference = new InferenceOptions { Flip = parsed.GetValue(_flip) };
        if (parsed.GetValue(_scales) is { } scales)
            inference = Set(_scales, () => inference with { Scales = List.Numbers(scales) });
        if (parsed.GetValue(_sliding) is { } tile)
            inference = Set(_sliding, () => inference with { SlidingWindow = new SlidingWindow { Height = tile.Height, Width = tile.Width } });

        var (overlap, blend) = (parsed.GetValue(_overlap), parsed.GetValue(_blend));
        if (overlap is null && blend is null)
            return inference;
        var window = inference.SlidingWindow ?? throw new UsageException("--overlap and --blend need --sliding with the size of the tiles.");
        if (overlap is { } share)
            window = Set(_overlap, () => window with { Overlap = share });
        if (blend == "linear")
            window = window with { Blending = TileBlending.Linear };
        return inference with { SlidingWindow = window };
    }

    private static T Set<T>(Option option, Func<T> change)
    {
        try
        {
            return change();
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"{option.Name}: {Fault.SentenceOf(exception)}", exception);
        }
    }
}
