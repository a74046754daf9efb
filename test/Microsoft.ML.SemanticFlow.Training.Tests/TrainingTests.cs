// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Training.Testing;
using Microsoft.ML.SemanticFlow.Training.Tests.Native;

[assembly: Parallelize(Workers = 0, Scope = ExecutionScope.MethodLevel)] // TestedTorch says which classes are not

namespace Microsoft.ML.SemanticFlow.Training.Tests;

[TestClass]
public static class TrainingTests
{
    [AssemblyInitialize]
    public static void LoadTorch(TestContext context)
    {
        EmptyCaches.ApplyIfAsked();
        TestedTorch.Load();
    }
}
