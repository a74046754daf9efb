// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Trainer.Schedules;

/// <summary>The time that a run may take, over all its starts.</summary>
/// <param name="limit">The time; null for a run that ends by its epochs alone.</param>
/// <param name="clock">What tells the time.</param>
internal sealed class TrainingBudget(TimeSpan? limit, TimeProvider? clock = null)
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly long _start = (clock ?? TimeProvider.System).GetTimestamp();

    /// <summary>The time that earlier starts took.</summary>
    public TimeSpan Earlier { get; set; }

    /// <summary>How much of the time is gone, from 0 to 1; 0 without a limit.</summary>
    public double Share => limit is { } all ? Math.Min(1, Taken / all) : 0;

    /// <summary>Whether the time is up.</summary>
    public bool IsOver => Share >= 1;

    /// <summary>The time that is left; null without a limit.</summary>
    public TimeSpan? Left => limit is { } all ? TimeSpan.FromTicks(Math.Max(0, (all - Taken).Ticks)) : null;

    private TimeSpan Taken => Earlier + _clock.GetElapsedTime(_start);
}
