// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>Estimates the time left from the time taken since training began or was resumed: steps and validated images have each their own pace.</summary>
internal static class TimeLeft
{
    /// <param name="training">Time taken by all but validation.</param>
    /// <param name="stepsDone">Steps done in it.</param>
    /// <param name="stepsLeft">Steps to do.</param>
    /// <param name="validation">Time taken by validation.</param>
    /// <param name="imagesDone">Images validated in it.</param>
    /// <param name="imagesLeft">Images to validate; they count for nothing until one has been.</param>
    /// <returns>Null before the first step.</returns>
    public static TimeSpan? Estimate(TimeSpan training, long stepsDone, long stepsLeft, TimeSpan validation, long imagesDone, long imagesLeft)
    {
        if (stepsDone == 0)
            return null;
        var left = training * ((double)stepsLeft / stepsDone);
        return imagesDone == 0 ? left : left + validation * ((double)imagesLeft / imagesDone);
    }
}
