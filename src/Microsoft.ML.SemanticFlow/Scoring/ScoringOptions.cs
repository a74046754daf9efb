// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How a <see cref="SegmentationModel"/> runs.</summary>
public sealed record ScoringOptions
{
    /// <summary>Threads that share the work of one image, at least 1; null, the default, takes every core.</summary>
    /// <remarks>
    /// Every core is right for the latency of one image at a time. Many images score fastest with 1 and as many calling threads as
    /// cores: the model is thread-safe.
    /// </remarks>
    public int? IntraOpThreads
    {
        get;
        init
        {
            if (value is { } threads)
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads, nameof(IntraOpThreads));
            field = value;
        }
    }
}
