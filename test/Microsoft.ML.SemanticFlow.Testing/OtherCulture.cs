// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Reflection;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>Runs tests again in a process of their own, on a machine of another language.</summary>
public static class OtherCulture
{
    private const string Expected = "SEMANTICFLOW_TEST_CULTURE";

    // Its decimal sign is a comma, and the small letter of its I has no dot.
    private const string Locale = "tr_TR.UTF-8", Culture = "tr-TR";

    /// <summary>Fails when this process was started with a locale that did not work.</summary>
    public static void AssertAsForced()
    {
        if (Environment.GetEnvironmentVariable(Expected) is not { } expected)
            return;
        Assert.AreEqual(expected, CultureInfo.CurrentCulture.Name);
        Assert.AreEqual("0,5", 0.5.ToString(CultureInfo.CurrentCulture));
    }

    /// <summary>Runs tests of an assembly under the locale, which need not be installed: .NET brings its own or takes ICU's.</summary>
    /// <param name="tests">The assembly, a test application.</param>
    /// <param name="forcedTest">The test of it that calls <see cref="AssertAsForced"/>.</param>
    /// <param name="names">Parts of the names of the tests.</param>
    /// <param name="cancellation">Ends the process.</param>
    public static void AssertPasses(Assembly tests, string forcedTest, IEnumerable<string> names, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Inconclusive("Only Linux takes the culture of a process from its environment.");
        var environment = new Dictionary<string, string> { ["LC_ALL"] = Locale, ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "0", [Expected] = Culture };
        var (exitCode, output) = OwnProcess.Run(tests, names.Append(forcedTest), environment, cancellation);

        Assert.AreEqual(0, exitCode, $"Under {Locale} tests fail:\n{output}");
        Assert.Contains($"passed {forcedTest}", output, $"Under {Locale} the tests pass, but the one that looks at the culture did not run.");
    }
}
