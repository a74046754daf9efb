// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.SemanticFlow.Tool.Benchmarking;

/// <summary>Where an ONNX file's time goes, by ONNX Runtime's own profiler.</summary>
internal static class OperatorProfile
{
    private const int Runs = 5;
    private const string KernelSuffix = "_kernel_time";

    /// <summary>Milliseconds an image of each kind of operator, the slowest first, on one thread.</summary>
    /// <param name="model">The ONNX file.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    public static IReadOnlyList<OperatorTime> Of(string model, int height, int width, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("semanticflow-profile-").FullName;
        try
        {
            // The place first: profiling is turned on with the one that is set at that moment.
            using var options = new SessionOptions { IntraOpNumThreads = 1, ProfileOutputPathPrefix = Path.Combine(folder, "profile") };
            options.EnableProfiling = true;
            using var session = new InferenceSession(model, options);
            var (name, taken) = session.InputMetadata.Single();
            bool pixels = taken.ElementType == typeof(byte);
            using var input = pixels
                ? OrtValue.CreateTensorValueFromMemory(new byte[height * width * 4], [1, height, width, 4])
                : OrtValue.CreateTensorValueFromMemory(new float[3 * height * width], [1, 3, height, width]);
            using var run = new RunOptions();
            string[] outputs = [.. session.OutputMetadata.Keys];
            for (int i = 0; i < Runs; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                session.Run(run, [name], [input], outputs).Dispose();
            }

            using var events = JsonDocument.Parse(File.ReadAllBytes(session.EndProfiling()));
            return Sum(events.RootElement);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Sums a profile of five runs, of which the first, that warms up, is left out.</summary>
    internal static IReadOnlyList<OperatorTime> Sum(JsonElement events)
    {
        var kernels = events.EnumerateArray()
            .Where(e => e.GetProperty("cat").GetString() == "Node" && e.GetProperty("name").GetString()!.EndsWith(KernelSuffix, StringComparison.Ordinal)) // every event has a name
            .Select(e => (
                Node: e.GetProperty("name").GetString()!,
                Kind: e.GetProperty("args").GetProperty("op_name").GetString()!,
                Microseconds: e.GetProperty("dur").GetDouble()));
        var nodes = kernels.GroupBy(kernel => (kernel.Node, kernel.Kind), kernel => kernel.Microseconds)
            .Select(node => (node.Key.Kind, Milliseconds: node.Skip(1).DefaultIfEmpty(0).Average() / 1000));
        return [.. nodes.GroupBy(node => node.Kind)
            .Select(kind => new OperatorTime(kind.Key, kind.Count(), kind.Sum(node => node.Milliseconds)))
            .OrderByDescending(kind => kind.Milliseconds)];
    }
}

/// <param name="Kind">The operator.</param>
/// <param name="Nodes">How often the graph has it.</param>
/// <param name="Milliseconds">All of them together, an image.</param>
internal sealed record OperatorTime(string Kind, int Nodes, double Milliseconds);
