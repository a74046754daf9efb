// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Training.Tests.Native;
using TorchSharp;

// Marked DoNotParallelize: classes that seed torch's random state, which is the process's, or whose outcome hangs on what they draw from
// it; those that set what holds for the process; and those whose own code computes with TorchSharp's scalars, which another thread's
// garbage collection may free (see TensorArithmetic, which holds them).
[assembly: Parallelize(Workers = 0, Scope = ExecutionScope.MethodLevel)]

namespace Microsoft.ML.SemanticFlow.Training.Tests;

[TestClass]
public static class TrainingTests
{
    /// <summary>One thread for each operation: results do not depend on the machine's cores, and tests share them.</summary>
    [AssemblyInitialize]
    public static void LoadTorch(TestContext context)
    {
        TorchNative.EnsureLoaded();
        EmptyCaches.ApplyIfAsked();
        torch.set_num_threads(1);
    }
}
