// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Writes one plain line an epoch: loss, learning rate, speed, mIoU, time left.</summary>
/// <example>
/// <code>
/// var training = options with { Progress = new ConsoleTrainingProgress() };         // to standard error; or to any TextWriter
/// </code>
/// </example>
public sealed class ConsoleTrainingProgress : IProgress<TrainingProgress>
{
    private readonly TextWriter _writer;

    /// <summary>Writes to a text writer.</summary>
    /// <param name="writer">Where to; null for the standard error stream.</param>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "The one class whose purpose is the console; libraries do not use it by themselves.")]
    public ConsoleTrainingProgress(TextWriter? writer = null) => _writer = writer ?? Console.Error;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Phase is TrainingPhase.Epoch or TrainingPhase.Diverged)
            _writer.WriteLine(value.ToString());
    }
}
