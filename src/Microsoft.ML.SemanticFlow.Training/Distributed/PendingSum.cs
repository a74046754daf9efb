// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>A sum over processes that may not be complete.</summary>
internal abstract class PendingSum
{
    /// <summary>One that is complete.</summary>
    public static PendingSum Complete { get; } = new Completed();

    /// <summary>Lets the sum go on a little; asked often enough, it is complete by the time it is needed.</summary>
    public abstract void Advance();

    /// <summary>Returns when the sum is complete.</summary>
    public abstract void Wait();

    private sealed class Completed : PendingSum
    {
        public override void Advance()
        {
        }

        public override void Wait()
        {
        }
    }
}
