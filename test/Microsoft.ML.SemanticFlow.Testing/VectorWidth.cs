// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using System.Reflection;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>Runs tests again in a process of their own whose vectors are narrower than the processor's.</summary>
public static class VectorWidth
{
    private const string Expected = "SEMANTICFLOW_TEST_VECTORS";

    // What the runtime offers code: the portable vector's bytes, and the widths that it has instructions for.
    private static string Offered =>
        $"Vector<byte>.Count {Vector<byte>.Count}, 128 bits {Vector128.IsHardwareAccelerated}, 256 bits {Vector256.IsHardwareAccelerated}, " +
        $"512 bits {Vector512.IsHardwareAccelerated}";

    /// <summary>Runtime switches that narrow vectors on some processor, and what is left then: instructions of 128 bits, or none at all.</summary>
    public static IEnumerable<object[]> Narrowed =>
    [
        ["DOTNET_EnableAVX2", "Vector<byte>.Count 16, 128 bits True, 256 bits False, 512 bits False"],
        ["DOTNET_EnableHWIntrinsic", "Vector<byte>.Count 16, 128 bits False, 256 bits False, 512 bits False"],
    ];

    /// <summary>Fails when this process was started with a switch that did not work.</summary>
    public static void AssertAsForced() => Assert.AreEqual(Environment.GetEnvironmentVariable(Expected) ?? Offered, Offered);

    /// <summary>Runs test classes of an assembly with a runtime switch turned off.</summary>
    /// <param name="tests">The assembly, a test application.</param>
    /// <param name="forcedTest">The test of it that calls <see cref="AssertAsForced"/>.</param>
    /// <param name="classes">Names of the classes.</param>
    /// <param name="variable">The switch.</param>
    /// <param name="expected">What it leaves.</param>
    /// <param name="cancellation">Ends the process.</param>
    public static void AssertPasses(Assembly tests, string forcedTest, IEnumerable<string> classes, string variable, string expected, CancellationToken cancellation)
    {
        var environment = new Dictionary<string, string> { [variable] = "0", [Expected] = expected };
        var (exitCode, output) = OwnProcess.Run(tests, classes.Append(forcedTest), environment, cancellation);

        Assert.AreEqual(0, exitCode, $"With {variable}=0 tests fail:\n{output}");
        Assert.Contains($"passed {forcedTest}", output, $"With {variable}=0 the tests pass, but the one that looks at the width did not run.");
    }
}
