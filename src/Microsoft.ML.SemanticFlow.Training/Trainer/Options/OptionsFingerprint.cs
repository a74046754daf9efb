// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Recipes;

namespace Microsoft.ML.SemanticFlow.Trainer.Options;

/// <summary>The options that decide what is learnt, as text: kept in checkpoints and compared when a run goes on.</summary>
/// <remarks>Epochs are left out: a run may be made longer. So are the number format and threads: a run may move to another machine.</remarks>
internal static class OptionsFingerprint
{
    public static IReadOnlyDictionary<string, string> Of(SemanticFlowTrainerOptions options) => RecipeFingerprint.Of(options);

    /// <summary>Refuses to go on with other options, naming every one that differs.</summary>
    /// <exception cref="InvalidOperationException">Options, classes or seed differ.</exception>
    public static void Compare(CheckpointInfo checkpoint, SemanticFlowTrainerOptions options, LabelMap labels, string path)
    {
        var wanted = Of(options);
        var faults = wanted
            .Select(pair => (Name: pair.Key, Wanted: pair.Value, Saved: Saved(checkpoint.Options, pair.Key, pair.Value)))
            .Where(option => option.Wanted != option.Saved)
            .Select(option => $"{option.Name} {option.Saved}, not {option.Wanted}")
            .ToList();
        if (options.Seed is { } seed && seed != checkpoint.Seed)
            faults.Add($"Seed {checkpoint.Seed}, not {seed}");
        if (checkpoint.Labels.FindDifference(labels, "the checkpoint", "the training set") is { } difference)
            faults.Add($"other classes: {difference.TrimEnd('.')}");
        else if (checkpoint.Labels.ToCsv() != labels.ToCsv())
            faults.Add("other raw ids or colours of the same classes");
        if (faults.Count > 0)
            throw new InvalidOperationException($"{path} was trained with {string.Join("; ", faults)}. Resume with the options it was started with, or name another folder.");
    }

    // Earlier versions read 16-bit gray in one way, kept an added loss's numbers under the names of the first one's, and one yes or no as a number.
    private static string Saved(IReadOnlyDictionary<string, string> saved, string name, string wanted)
    {
        string value = saved.GetValueOrDefault(name)
            ?? saved.GetValueOrDefault(RecipeFingerprint.Inner(name), name == nameof(SemanticFlowTrainerOptions.Gray16) ? nameof(Gray16.Scale) : "nothing");
        return wanted is "true" or "false" ? value switch { "1" => "true", "0" => "false", _ => value } : value;
    }
}
