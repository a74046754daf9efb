// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>The learning-rate range test: a network is trained at rates that grow exponentially, until its loss does.</summary>
/// <remarks>Smith, WACV 2017 (arXiv 1506.01186), "How can one estimate reasonable minimum and maximum boundary values?"; there the rates grow linearly.</remarks>
internal static class LearningRateFinder
{
    private const double Smoothing = 0.9;
    private const double Diverged = 4;
    private const double Margin = 10;

    /// <summary>Trains the session's network at rates that grow.</summary>
    /// <exception cref="InvalidDataException">No crop of an epoch has a pixel that counts.</exception>
    public static LearningRateSweep Run(TrainingSession session, double lowest, double highest, int steps)
    {
        session.Step.Begin();
        using var losses = AddBatches(session).GetEnumerator();
        return Run(lowest, highest, steps, rate =>
        {
            double sum = 0;
            for (int i = 0; i < session.Options.Optimizer.AccumulationSteps; i++)
            {
                losses.MoveNext(); // without end
                sum += losses.Current;
            }

            session.Step.Take(rate);
            return sum / session.Options.Optimizer.AccumulationSteps;
        });
    }

    /// <summary>Sweeps from one rate to another.</summary>
    /// <param name="lowest">The first rate.</param>
    /// <param name="highest">The last rate.</param>
    /// <param name="steps">How many steps, at least 2.</param>
    /// <param name="step">Trains a step at a rate and gives the loss before it.</param>
    public static LearningRateSweep Run(double lowest, double highest, int steps, Func<double, double> step)
    {
        var points = new List<LearningRatePoint>(steps);
        double average = 0, least = double.PositiveInfinity;
        for (int i = 0; i < steps; i++)
        {
            double rate = lowest * Math.Pow(highest / lowest, i / (steps - 1.0));
            double loss = step(rate);
            if (!double.IsFinite(loss))
                break;
            average = Smoothing * average + (1 - Smoothing) * loss;
            double smoothed = average / (1 - Math.Pow(Smoothing, i + 1)); // the average began at 0
            points.Add(new LearningRatePoint(rate, loss, smoothed));
            least = Math.Min(least, smoothed);
            if (smoothed > Diverged * least)
                break;
        }

        var best = points.MinBy(point => point.SmoothedLoss);
        return new LearningRateSweep { Points = points, Suggestion = best is null || best == points[0] ? null : best.LearningRate / Margin };
    }

    // Adds the gradients of batch after batch, as they are asked for, and gives their losses.
    private static IEnumerable<double> AddBatches(TrainingSession session)
    {
        var criterion = session.Loss.At(epoch: 0);
        for (int epoch = 0; ; epoch++)
        {
            bool any = false;
            foreach (var batch in session.Batches(epoch))
            {
                if (session.Step.Add(batch, criterion) is not { } loss)
                    continue;
                any = true;
                yield return loss;
            }

            if (!any)
                throw new InvalidDataException("No crop of an epoch has a pixel that counts. Look for masks that are ignored throughout, or take larger crops.");
        }
    }
}
