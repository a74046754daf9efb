// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>What to say of a native library that is missing or does not load.</summary>
internal static class NativeLibraries
{
    private static readonly (string Mark, string Name, string Packages)[] _known =
    [
        ("onnxruntime", "ONNX Runtime", "Microsoft.ML.OnnxRuntime, or Microsoft.ML.OnnxRuntime.Gpu,"),
        ("SkiaSharp", "SkiaSharp", "SkiaSharp.NativeAssets.Linux.NoDependencies, in SkiaSharp's version,"),
    ];

    /// <summary>Says which library does not load and what to install.</summary>
    /// <param name="exception">A failure.</param>
    /// <returns>Null when no native library is at fault, at any depth of inner exceptions.</returns>
    public static string? Sentence(Exception exception)
    {
        for (var at = exception; at is not null; at = at.InnerException)
        {
            bool isOfAnotherVersion = at is TypeInitializationException { InnerException: InvalidOperationException }; // SkiaSharp's native part
            if (at is not (DllNotFoundException or BadImageFormatException or EntryPointNotFoundException) && !isOfAnotherVersion)
                continue;
            string fault = Shell.Sentence(isOfAnotherVersion ? at.InnerException! : at); // it has one
            var (mark, name, packages) = Array.Find(_known, known => fault.Contains(known.Mark, StringComparison.OrdinalIgnoreCase));
            return mark is null ? fault : $"{name} does not load ({fault.TrimEnd('.')}). Add the package {packages} to the application.";
        }

        return null;
    }
}
