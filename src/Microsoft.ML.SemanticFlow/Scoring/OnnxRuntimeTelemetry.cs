// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.ML.SemanticFlow.Native;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The telemetry that ONNX Runtime's official packages collect and send by themselves. This library turns it off.</summary>
/// <remarks>
/// Using any member of this library turns it off for the process, and ONNX Runtime obeys if it has not started yet. An application
/// that runs ONNX Runtime by itself reads <see cref="IsOff"/> first. Two variables of the environment say otherwise:
/// <see cref="Variable"/> set to 1 leaves ONNX Runtime as it comes, and a value that <c>ORT_DISABLE_TELEMETRY</c> has already is kept.
/// </remarks>
/// <example>
/// <code>
/// Console.WriteLine(OnnxRuntimeTelemetry.IsOff ? "off" : $"left on by {OnnxRuntimeTelemetry.Variable}");
/// </code>
/// </example>
public static class OnnxRuntimeTelemetry
{
    /// <summary>The variable of the environment that leaves telemetry on when it is 1: <c>SEMANTICFLOW_ORT_TELEMETRY</c>.</summary>
    public const string Variable = "SEMANTICFLOW_ORT_TELEMETRY";

    private const string Switch = "ORT_DISABLE_TELEMETRY";

    /// <summary>Whether ONNX Runtime, if it starts now, finds its telemetry turned off.</summary>
    public static bool IsOff => NativeEnvironment.Get(Switch) is "1" or "true";

    // ONNX Runtime reads the variable once, when its library starts, and its own call comes too late for the first event.
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Whichever type of ours an application or a saved pipeline uses first, ONNX Runtime comes later.")]
    internal static void TurnOff()
    {
        if (Environment.GetEnvironmentVariable(Switch) is { Length: > 0 } own)
            NativeEnvironment.TrySet(Switch, own);          // the program may have set it, which native code does not see
        else if (Environment.GetEnvironmentVariable(Variable) != "1")
            NativeEnvironment.TrySet(Switch, "1");
    }
}
