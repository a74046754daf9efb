// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Training.Testing;

[assembly: Parallelize(Workers = 0, Scope = ExecutionScope.MethodLevel)] // TestedTorch says which classes are not

namespace Microsoft.ML.SemanticFlow.Export.Tests;

[TestClass]
public static class ExportTests
{
    [AssemblyInitialize]
    public static void LoadTorch(TestContext context) => TestedTorch.Load();
}
