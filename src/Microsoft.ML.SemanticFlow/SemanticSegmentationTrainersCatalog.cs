// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The trainers; package Microsoft.ML.SemanticFlow.Training adds them.</summary>
public sealed class SemanticSegmentationTrainersCatalog
{
    internal SemanticSegmentationTrainersCatalog(IHostEnvironment environment) => Environment = environment;

    internal IHostEnvironment Environment { get; }
}
