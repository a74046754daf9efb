// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow doctor</c>: what this machine has, what works, what to install.</summary>
internal static class DoctorCommand
{
    public const string Name = "doctor", Purpose = "Say what works on this machine and what to install.";

    /// <param name="Name">What was looked at.</param>
    /// <param name="Works">Whether the tool can use it.</param>
    /// <param name="Report">What was found, or what to do.</param>
    private sealed record Finding(string Name, bool Works, string Report);

    public static CliCommand Create(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Write the findings as JSON." };
        var command = new CliCommand(Name, Purpose) { json };
        command.SetAction(parsed =>
        {
            Finding[] findings = [Versions(), Machine(), Processor(), Images(), Telemetry(), Scoring(), .. Training()];
            bool works = findings.All(finding => finding.Works);
            if (parsed.GetValue(json))
            {
                var items = findings.Select(finding => new { name = finding.Name, works = finding.Works, report = finding.Report });
                terminal.WriteJson(new { works, findings = items });
            }
            else
            {
                foreach (var finding in findings)
                    terminal.Output.WriteLine($"{(finding.Works ? "ok     " : "MISSING")}  {finding.Name}: {finding.Report}");
                terminal.Output.WriteLine(works ? "Training and scoring work on this machine." : "Something is missing: see the lines marked MISSING.");
            }

            return works ? ExitCode.Done : ExitCode.FailedCheck;
        });
        return command;
    }

    private static Finding Versions()
    {
        string own = Version(typeof(DoctorCommand)), library = Version(typeof(LabelMap)), training = Version(typeof(SemanticFlowTrainerOptions));
        return new Finding(
            "versions", true,
            $"semanticflow {own}, Microsoft.ML.SemanticFlow {library}, Microsoft.ML.SemanticFlow.Training {training}, ML.NET {Version(typeof(MLContext))}, " +
            $"{RuntimeInformation.FrameworkDescription}.");
    }

    private static string Version(Type type)
    {
        var assembly = type.Assembly;
        string version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version?.ToString(3) ?? "unknown";
        return version.Split('+')[0];
    }

    private static Finding Machine()
    {
        double gigabytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30);
        return new Finding(
            "machine", true,
            FormattableString.Invariant(
                $"{RuntimeInformation.OSDescription} on {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} processors, {gigabytes:f1} GiB of memory."));
    }

    private static Finding Processor()
    {
        string vectors = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "NEON" : "no AVX2";
        string bfloat16 = TorchRuntime.Describe().HasBFloat16Hardware
            ? "it multiplies bfloat16 in hardware, so 'train --precision auto' uses it"
            : "it does not multiply bfloat16 in hardware, so 'train --precision auto' stays with float32";
        return new Finding("processor", true, $"{vectors}; {bfloat16}.");
    }

    private static Finding Images()
    {
        try
        {
            using var image = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Bgra32, [1, 2, 3, 255]);
            return new Finding("images", true, $"SkiaSharp {Version(typeof(SkiaSharp.SKBitmap)).Split('-')[0]} loads.");
        }
        catch (Exception exception) when (NativeLibraries.Sentence(exception) is { } sentence)
        {
            return new Finding("images", false, sentence);
        }
    }

    // Before ONNX Runtime starts: reading it turns telemetry off.
    private static Finding Telemetry() => new("telemetry", true, OnnxRuntimeTelemetry.IsOff
        ? $"off; ONNX Runtime would collect and send it by itself. {OnnxRuntimeTelemetry.Variable}=1 leaves it on."
        : $"ON, as the environment asks: ONNX Runtime collects and sends it. Unset {OnnxRuntimeTelemetry.Variable} and ORT_DISABLE_TELEMETRY to turn it off.");

    private static Finding Scoring()
    {
        try
        {
            var environment = OrtEnv.Instance();
            return new Finding("scoring", true, $"ONNX Runtime {environment.GetVersionString()} with {string.Join(", ", environment.GetAvailableProviders())}.");
        }
        catch (Exception exception) when (NativeLibraries.Sentence(exception) is { } sentence)
        {
            return new Finding("scoring", false, sentence);
        }
    }

    private static IEnumerable<Finding> Training()
    {
        var torch = TorchRuntime.Describe();
        if (!torch.IsAvailable)
        {
            yield return new Finding("training", false, $"{torch.Problem}");
            yield break;
        }

        yield return new Finding("training", true, $"libtorch {torch.Version} through TorchSharp {torch.BindingVersion}, {torch.ThreadCount} threads.");
        if (torch.IsPatched)
            yield return new Finding(
                "libstdc++", true,
                "it is older than TorchSharp asks for; a copy of TorchSharp's binding with that requirement weakened was loaded in memory, and nothing needs to be installed.");
        if (torch.Settings.Count > 0)
            yield return new Finding("settings", true, $"libtorch runs with {string.Join(", ", torch.Settings)}.");
        if (torch.OneDnn == OneDnnUse.DefaultCaches)
            yield return new Finding(
                "caches", true,
                "the processor does not tell its caches, as under some hypervisors, and libtorch's oneDNN takes them for empty. " +
                "It was told its default sizes instead, so training is right, and as fast as elsewhere. Scoring is not concerned.");
        if (torch.OneDnn == OneDnnUse.Off)
            yield return new Finding(
                "caches", true,
                "the processor does not tell its caches, as under some hypervisors; libtorch's oneDNN then computes wrong results or crashes, " +
                "and this libtorch is not one that can be corrected. Training does without oneDNN and bfloat16, at half the speed. Scoring is not concerned.");
        yield return new Finding(
            "GPU", true, torch.CudaDeviceCount > 0 ? $"{torch.CudaDeviceCount} CUDA devices." : "no CUDA device is used; training and scoring run on the processor.");
    }
}
