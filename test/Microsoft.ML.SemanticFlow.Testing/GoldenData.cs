// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>Reference data made with the original implementation; its README says what each file is.</summary>
/// <remarks>
/// The folder is named by the environment variable SEMANTICFLOW_GOLDEN, or found as <c>shared/golden</c> beside the repository or
/// further up. Tests that need it begin with <see cref="Require"/>.
/// </remarks>
public static class GoldenData
{
    private static readonly Lazy<string?> _found = new(Find);

    /// <summary>The folder, or null when there is none on this machine.</summary>
    public static string? Root => _found.Value;

    /// <summary>Skips the running test when there is no golden data.</summary>
    public static void Require()
    {
        if (Root is null) Assert.Inconclusive("skipped: no golden data");
    }

    /// <summary>A file's path, from its parts below the root. Skips the test when there is no golden data.</summary>
    public static string File(params string[] parts)
    {
        Require();
        return Path.Combine([Root!, .. parts]);     // not null: Require has thrown otherwise
    }

    /// <summary>The values of a <c>.f32</c> file. Of a <c>.s7.f32</c> file, elements 0, 7, 14, ... of the original.</summary>
    public static float[] Floats(params string[] parts) =>
        MemoryMarshal.Cast<byte, float>(System.IO.File.ReadAllBytes(File(parts))).ToArray();

    /// <summary>The bytes of a <c>.u8</c> file.</summary>
    public static byte[] Bytes(params string[] parts) => System.IO.File.ReadAllBytes(File(parts));

    /// <summary>The root element of a <c>.json</c> file.</summary>
    public static JsonElement Json(params string[] parts)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(File(parts)));
        return document.RootElement.Clone();
    }

    /// <summary>Elements 0, 7, 14, ... of <paramref name="values"/>, as the <c>.s7.f32</c> files keep them.</summary>
    public static T[] Thin<T>(ReadOnlySpan<T> values)
    {
        const int Step = 7;
        var thinned = new T[(values.Length + Step - 1) / Step];
        for (int i = 0; i < thinned.Length; i++) thinned[i] = values[i * Step];
        return thinned;
    }

    /// <summary>A JSON number, or one of the strings "NaN", "Infinity" and "-Infinity".</summary>
    public static double Number(this JsonElement element) => element.ValueKind != JsonValueKind.String ? element.GetDouble()
        : element.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var text => throw new InvalidDataException($"'{text}' is not a number of the golden data."),
        };

    /// <summary>A JSON array of integers.</summary>
    public static int[] Integers(this JsonElement element) => [.. element.EnumerateArray().Select(v => v.GetInt32())];

    /// <summary>A JSON array of numbers.</summary>
    public static double[] Numbers(this JsonElement element) => [.. element.EnumerateArray().Select(Number)];

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("SEMANTICFLOW_GOLDEN") is { Length: > 0 } named) return Directory.Exists(named) ? named : null;

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "golden");
            if (Directory.Exists(candidate)) return candidate;
        }

        return null;
    }
}
