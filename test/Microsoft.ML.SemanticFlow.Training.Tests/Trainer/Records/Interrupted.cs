// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer.Records;

/// <summary>Runs that end by an exception.</summary>
internal static class Interrupted
{
    /// <summary>A run that ends as if its machine had, when a report is the one that is asked for.</summary>
    public static void FitUntil(TinyScenes scenes, SemanticFlowTrainerOptions options, Func<TrainingProgress, bool> when) =>
        Assert.ThrowsExactly<IOException>(() => TinyRun.Fit(scenes, options with { Progress = Throwing(when, new IOException("The machine was turned off.")) }));

    /// <summary>Throws at a report.</summary>
    public static IProgress<TrainingProgress> Throwing(Func<TrainingProgress, bool> when, Exception exception) => new TinyRun.Told(report =>
    {
        if (when(report))
            throw exception;
    });
}
