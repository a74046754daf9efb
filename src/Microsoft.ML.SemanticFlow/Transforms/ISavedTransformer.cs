// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>A transformer that reads back what its Write wrote.</summary>
internal interface ISavedTransformer<out TSelf> : ITransformer
    where TSelf : ISavedTransformer<TSelf>
{
    static abstract TSelf Read(Runtime.IHostEnvironment environment, BinaryReader reader);
}
