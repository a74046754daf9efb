// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>What went wrong, as the user is told: every exception has a code and a sentence.</summary>
/// <param name="Code">The <see cref="ExitCode"/>.</param>
/// <param name="Sentence">One line.</param>
internal sealed partial record Fault(int Code, string Sentence)
{
    /// <summary>Finds the code and the sentence of any exception.</summary>
    public static Fault Of(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions.Count: > 0 } all => all.InnerExceptions.Select(Of).MaxBy(fault => fault.Code)!, // the first of those
        TargetInvocationException { InnerException: { } inner } => Of(inner),
        _ when NativeLibraries.Sentence(exception) is { } sentence => new Fault(ExitCode.BadInput, sentence),
        _ when MemoryAsked(exception) is { } asked => new Fault(
            ExitCode.BadInput, $"Memory has run out{asked}. Train with a smaller --batch or --crop; score with fewer --workers, or in tiles with --sliding."),
        UsageException => new Fault(ExitCode.Usage, SentenceOf(exception)),
        SegmentationCheckException or NotFiniteNumberException => new Fault(ExitCode.FailedCheck, SentenceOf(exception)),
        OnnxRuntimeException => new Fault(ExitCode.BadInput, $"ONNX Runtime refuses the model: {SentenceOf(exception)}"),
        ArgumentException or InvalidDataException or WeightMismatchException or IOException or UnauthorizedAccessException or InvalidOperationException
            or NotSupportedException => new Fault(ExitCode.BadInput, SentenceOf(exception)),
        _ => new Fault(
            ExitCode.FailedCheck,
            $"This is a fault of semanticflow ({exception.GetType().Name}: {SentenceOf(exception).TrimEnd('.')}). Run it again with --verbose, and report what that shows."),
    };

    /// <summary>The message as the user should read it: the first failure, without what .NET and libtorch append for programmers.</summary>
    public static string SentenceOf(Exception exception)
    {
        if (exception is AggregateException { InnerExceptions: [var first, ..] })
            return SentenceOf(first);
        if (exception is TargetInvocationException { InnerException: { } inner })
            return SentenceOf(inner);

        if (SystemFault.Sentence(exception) is { } sentence)
            return sentence;
        string message = NativeStack().Split(exception.Message)[0];
        if (exception is ArgumentException { ParamName: { } parameter })
        {
            int suffix = message.IndexOf($" (Parameter '{parameter}')", StringComparison.Ordinal);
            if (suffix > 0)
                message = message[..suffix];
        }

        // What a program sets in its options, a command line gives.
        message = Permission().Replace(message, found => $"give --{Capital().Replace(found.Groups[1].Value, "-$0").TrimStart('-').ToLowerInvariant()}");
        return message.ReplaceLineEndings(" ").Trim();
    }

    // Null when memory is not the reason; libtorch and ONNX Runtime have no exception of their own for it.
    private static string? MemoryAsked(Exception exception)
    {
        for (var at = exception; at is not null; at = at.InnerException)
        {
            if (at is OutOfMemoryException || Allocation().IsMatch(at.Message))
                return Asked().Match(at.Message) is { Success: true } asked ? $" ({asked.Groups[1].Value} were asked for at once)" : "";
        }

        return null;
    }

    [GeneratedRegex("\\bset (Allow[A-Z][A-Za-z]+)")]
    private static partial Regex Permission();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex(@"\r?\n(frame #|Exception raised from )")]
    private static partial Regex NativeStack();

    [GeneratedRegex("can't allocate memory|CUDA out of memory|bad_alloc|bad allocation|Failed to allocate memory")]
    private static partial Regex Allocation();

    [GeneratedRegex(@"(?:[Tt]ried to allocate|requested buffer of size) ([0-9.]+(?: ?[A-Za-z]+)?)")]
    private static partial Regex Asked();
}
