// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>What shows before the first step that the masks of a training set mean something else than their label map says.</summary>
internal static class LabelCensus
{
    /// <summary>Refuses a training set that cannot teach every class, and warns of one that is ignored for the most part.</summary>
    /// <exception cref="InvalidDataException">No pixel counts, or a class has none and may not be empty.</exception>
    public static void Check(PixelCounts pixels, LabelMap labels, bool allowEmptyClasses, IChannel channel)
    {
        if (pixels.Counted == 0)
        {
            throw new InvalidDataException(
                "No pixel of the training masks counts: all of them are ignored. " +
                "Check whether the label map is the one the masks were drawn with, and whether they hold raw or train ids.");
        }

        if (pixels.FindEmptyClasses(labels, "training mask") is { } fault)
        {
            if (!allowEmptyClasses)
                throw new InvalidDataException($"{fault} Correct the label map or the masks, or set AllowEmptyClasses to train all the same.");
            channel.Warn(fault);
        }

        if (pixels.FindIgnored("training pixels") is { } warning)
            channel.Warn(warning);
    }
}
