// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The options that say how a model runs on files.</summary>
internal sealed class ScoringSettings
{
    private readonly Option<int?> _gpu = GpuOption.Create();
    private readonly Option<bool> _fastJpeg = new("--fast-jpeg")
    {
        Description = "Decode JPEG files at a half, a quarter or an eighth of their size where a model of a fixed size sees no more: faster, and a little different.",
    };

    private readonly Option<string?> _gray16 = Gray16Option.Create();

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [_gpu, _fastJpeg, _gray16];

    public void AddTo(CliCommand command)
    {
        foreach (var option in All)
            command.Add(option);
    }

    // A worker scores its own image: faster than many threads on one.
    public ExecutionOptions Read(ParseResult parsed) =>
        new()
        {
            IntraOpThreads = 1,
            GpuDeviceId = GpuOption.Read(parsed, _gpu),
            ReducedDecoding = parsed.GetValue(_fastJpeg),
            Gray16 = Gray16Option.Read(parsed.GetValue(_gray16)),
        };

    /// <summary>Whether the user says how 16-bit gray images are read.</summary>
    public bool SaysGray16(ParseResult parsed) => parsed.GetValue(_gray16) is not null;
}
