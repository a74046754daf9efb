// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Sampling;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>What shows before the first step that the masks of a training set mean something else than their label map says.</summary>
internal static class LabelCensus
{
    private const double MostIgnored = 0.5;

    /// <summary>Refuses a training set that cannot teach every class, and warns of one that is ignored for the most part.</summary>
    /// <exception cref="InvalidDataException">No pixel counts, or a class has none and may not be empty.</exception>
    public static void Check(PixelCounts pixels, LabelMap labels, bool allowEmptyClasses, IChannel channel)
    {
        if (pixels.Counted == 0)
        {
            throw new InvalidDataException(
                "No pixel of the training masks counts: all of them are ignored. Look whether the label map is the one the masks were drawn with, and whether they hold raw or train ids.");
        }

        string[] empty = [.. labels.Classes.Where((_, id) => pixels.Classes[id] == 0).Select(label => label.Name)];
        if (empty.Length > 0)
        {
            string fault = $"No training mask has a pixel of {string.Join(", ", empty.Select(name => $"'{name}'"))}.{AdviceOn(pixels, labels)}";
            if (!allowEmptyClasses)
                throw new InvalidDataException($"{fault} Correct the label map or the masks, or set AllowEmptyClasses to train all the same.");
            channel.Warn(fault);
        }

        double share = pixels.Ignored / ((double)pixels.Ignored + pixels.Counted);
        if (share > MostIgnored)
            channel.Warn(FormattableString.Invariant($"{share:p0} of the training pixels are ignored, and nothing is learnt from them. Look whether the label map leaves out ids that are classes."));
    }

    // Masks of one object are often drawn as black and white.
    private static string AdviceOn(PixelCounts pixels, LabelMap labels) =>
        pixels.Ignored > 0 && pixels.Classes[0] == pixels.Counted && labels.TryGetTrainId(0, out byte black) && black == 0
            && labels.TryGetTrainId(LabelMap.IgnoreId, out byte white) && white == LabelMap.IgnoreId
            ? $" The masks hold the ids 0 and 255 alone, and 255 is ignored. Where it is a class, give it raw_id 255 in a table of classes: 'name,raw_id,train_id,r,g,b', '{labels.Classes[0].Name},0,0,0,0,0', '{labels.Classes[^1].Name},255,1,255,255,255'."
            : "";
}
