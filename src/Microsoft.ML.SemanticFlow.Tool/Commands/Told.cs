// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>Progress of a folder, of which each image counts one. Told on the thread that works, unlike <see cref="Progress{T}"/>.</summary>
internal sealed class Told(Action done) : IProgress<(int Done, int Total)>
{
    public void Report((int Done, int Total) value) => done();
}
