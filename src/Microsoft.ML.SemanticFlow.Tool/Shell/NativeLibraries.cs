// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>What to say of a native library that is missing or does not load.</summary>
internal static class NativeLibraries
{
    private static readonly (string Mark, string Name, string Advice)[] _known =
    [
        ("onnxruntime", "ONNX Runtime", "Add the package Microsoft.ML.OnnxRuntime, or Microsoft.ML.OnnxRuntime.Gpu, to the application."),
        ("SkiaSharp", "SkiaSharp", "Add the package SkiaSharp.NativeAssets.Linux.NoDependencies to the application, in SkiaSharp's version."),
    ];

    /// <summary>Says which library does not load and what to install.</summary>
    /// <param name="exception">A failure.</param>
    /// <returns>Null when no native library is at fault, at any depth of inner exceptions.</returns>
    public static string? Sentence(Exception exception)
    {
        Exception? before = null;
        for (var at = exception; at is not null; at = at.InnerException)
        {
            bool isOfAnotherVersion = at is InvalidOperationException && before is TypeInitializationException; // so SkiaSharp says it
            before = at;
            if (!isOfAnotherVersion && at is not (DllNotFoundException or BadImageFormatException or EntryPointNotFoundException))
                continue;
            string fault = Fault.SentenceOf(at);
            var (mark, name, advice) = Array.Find(_known, known => fault.Contains(known.Mark, StringComparison.OrdinalIgnoreCase));
            return mark is null ? fault : $"{name} does not load ({fault.TrimEnd('.')}). {advice}";
        }

        return null;
    }
}
