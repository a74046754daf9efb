// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How many pixels the masks of a data set have, and what shows in that of masks that mean something else than their label map says.</summary>
/// <param name="Classes">Of each class.</param>
/// <param name="Ignored">Of none.</param>
internal sealed record PixelCounts(IReadOnlyList<long> Classes, long Ignored)
{
    private const double MostIgnored = 0.5;

    /// <summary>Pixels that count.</summary>
    public long Counted => Classes.Sum();

    /// <summary>Names the classes that no mask has, in a sentence; null where every class has a pixel.</summary>
    /// <param name="labels">The classes.</param>
    /// <param name="mask">What a mask is called.</param>
    public string? FindEmptyClasses(LabelMap labels, string mask)
    {
        string[] empty = [.. labels.Classes.Where((_, id) => Classes[id] == 0).Select(label => $"'{label.Name}'")];
        return empty.Length == 0 ? null : $"No {mask} has a pixel of {string.Join(", ", empty)}.{AdviceOn(labels)}";
    }

    /// <summary>Says in a sentence that most pixels are ignored; null where they are not.</summary>
    /// <param name="pixels">What the pixels are called.</param>
    public string? FindIgnored(string pixels)
    {
        double share = Ignored / ((double)Ignored + Counted);
        return share > MostIgnored ? FormattableString.Invariant($"{share:p0} of the {pixels} are ignored. Check whether the label map leaves out ids that are classes.") : null;
    }

    // Masks of one object are often drawn in black and white.
    private string AdviceOn(LabelMap labels) =>
        Ignored > 0 && Classes[0] == Counted && labels.TryGetTrainId(0, out byte black) && black == 0
            && labels.TryGetTrainId(LabelMap.IgnoreId, out byte white) && white == LabelMap.IgnoreId
            ? " The masks hold the ids 0 and 255 alone, and 255 is ignored. Where it is a class, give it raw_id 255 in a table of classes: " +
              $"'name,raw_id,train_id,r,g,b', '{labels.Classes[0].Name},0,0,0,0,0', '{labels.Classes[^1].Name},255,1,255,255,255'."
            : "";
}
