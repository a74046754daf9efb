// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using Microsoft.ML.SemanticFlow.Data;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The options that say what becomes of images that cannot be used.</summary>
internal sealed class ReadingSettings
{
    public const string OnError = "--on-error";
    public const string OnErrorText = "What to do about an image that cannot be read, or lacks its label: stop at the first, or report it and skip it.";
    public const string MaxSkipped = "--max-skipped";
    public const string MaxSkippedText = "Share of the images, from 0 to 1, of which no more may be skipped.";

    private readonly Option<string> _onError = new(OnError) { DefaultValueFactory = _ => "stop" };
    private readonly Option<double> _maxSkipped = CreateMaxSkipped();

    /// <param name="hasLabels">Whether images have labels, which may be missing.</param>
    public ReadingSettings(bool hasLabels = true)
    {
        _onError.Description = hasLabels ? OnErrorText : "What to do about an image that cannot be read: stop at the first, or report it and skip it.";
        _onError.AcceptOnlyFromAmong("stop", "skip");
    }

    /// <summary>The option that says how many may be skipped.</summary>
    public static Option<double> CreateMaxSkipped() => new(MaxSkipped)
    {
        Description = MaxSkippedText,
        HelpName = "SHARE",
        DefaultValueFactory = _ => new ReadingOptions().MaxSkippedShare,
    };

    /// <summary>Whether one image ended the work, which could be left out.</summary>
    public static bool IsOfAnImage(InvalidDataException fault) => fault.InnerException is { } inner && SampleFaults.IsOfFile(inner);

    public void AddTo(CliCommand command)
    {
        command.Add(_onError);
        command.Add(_maxSkipped);
    }

    /// <exception cref="UsageException">The share is out of range.</exception>
    public ReadingOptions Read(ParseResult parsed) => Read(parsed, _maxSkipped) with { SkipFaulty = parsed.GetValue(_onError) == "skip" };

    /// <summary>How many may be skipped.</summary>
    /// <exception cref="UsageException">The share is out of range.</exception>
    public static ReadingOptions Read(ParseResult parsed, Option<double> maxSkipped)
    {
        try
        {
            return new ReadingOptions { MaxSkippedShare = parsed.GetValue(maxSkipped) };
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"{MaxSkipped}: {Fault.SentenceOf(exception)}", exception);
        }
    }
}
