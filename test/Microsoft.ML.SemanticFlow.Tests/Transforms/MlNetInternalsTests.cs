// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Reflection;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow.Tests.Transforms;

[TestClass]
public sealed class MlNetInternalsTests
{
    // Another version may have other internals: run the tests of saving and loading with it, then raise CheckedVersion.
    [TestMethod]
    public void CheckedVersion_IsTheReferencedOne()
    {
        string version = typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

        Assert.AreEqual(MlNetInternals.CheckedVersion, version.Split('+')[0]);
    }

    [TestMethod]
    public void GetEnvironment_TransformsCatalog_LogsToItsContext()
    {
        var ml = new MLContext();
        var lines = new List<string>();
        ml.Log += (_, e) => lines.Add(e.Message);

        using (var channel = MlNetInternals.GetEnvironment(ml.Transforms).Start("test"))
            channel.Info(MessageSensitivity.None, "hello");

        Assert.IsTrue(lines.Any(line => line.Contains("hello", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void CheckAlive_CancelledContext_Throws()
    {
        var ml = new MLContext();
        var host = ((IHostEnvironment)ml).Register("test");
        MlNetInternals.CheckAlive(host);

        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(ml, null);

        Assert.ThrowsExactly<OperationCanceledException>(() => MlNetInternals.CheckAlive(host));
    }
}
