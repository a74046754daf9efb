// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using TorchSharp;

namespace Microsoft.ML.SemanticFlow.Training.Testing;

/// <summary>
/// torch as tests use it. Classes are marked DoNotParallelize that seed torch's random state, which is the process's, or whose outcome hangs on what they
/// draw from it; those that set what holds for the process; and those whose own code computes with TorchSharp's scalars, which another thread's garbage
/// collection may free (see TensorArithmetic, which holds them).
/// </summary>
internal static class TestedTorch
{
    /// <summary>One thread for each operation: results do not depend on the machine's cores, and tests share them.</summary>
    public static void Load()
    {
        TorchNative.EnsureLoaded();
        torch.set_num_threads(1);
    }
}
