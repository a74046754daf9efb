// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Evaluation.Cityscapes;

/// <summary>Finds ground truth and predictions as cityscapesScripts does.</summary>
internal static class CityscapesFolder
{
    private const string LabelEnd = "_gtFine_labelIds.png";
    private const string InstanceEnd = "_gtFine_instanceIds.png";

    /// <param name="Labels">The label file.</param>
    /// <param name="Instances">The file of its instances.</param>
    /// <param name="Prediction">The one file that begins with its city, sequence and frame.</param>
    internal sealed record Files(string Labels, string Instances, string Prediction)
    {
        /// <summary>The city, which is the source.</summary>
        public string City => Path.GetFileName(Labels).Split('_')[0];
    }

    /// <summary>Pairs every file of ground truth with its prediction.</summary>
    /// <param name="labels">A folder with <c>*_gtFine_labelIds.png</c> and <c>*_gtFine_instanceIds.png</c> anywhere below it, such as gtFine/val.</param>
    /// <param name="predictions">A folder with files <c>CITY_SEQUENCE_FRAME*.png</c> anywhere below it.</param>
    /// <param name="leaveOut">Told of every folder that is passed over, and why, in a few words.</param>
    /// <exception cref="DirectoryNotFoundException">A folder is missing.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">Several predictions are of one image, or there is no ground truth.</exception>
    public static IReadOnlyList<Files> Find(string labels, string predictions, Action<string, string> leaveOut)
    {
        string[] truth = [.. List(labels, leaveOut).Where(file => file.EndsWith(LabelEnd, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        if (truth.Length == 0)
            throw new InvalidDataException($"'{labels}' holds no file *{LabelEnd}. Name a folder of Cityscapes' ground truth, such as gtFine/val.");
        string[] found = [.. List(predictions, leaveOut).Where(file => file.EndsWith(".png", StringComparison.Ordinal)).OrderBy(Path.GetFileName, StringComparer.Ordinal)];
        string?[] names = [.. found.Select(Path.GetFileName)];
        return [.. truth.Select(file =>
        {
            string[] parts = Path.GetFileName(file).Split('_');
            if (parts.Length < 5)
                throw new InvalidDataException($"'{file}' is not named CITY_SEQUENCE_FRAME{LabelEnd}. Give it its name in Cityscapes.");
            string stem = string.Join('_', parts[..3]);
            int first = Array.BinarySearch(names, stem, StringComparer.Ordinal);
            first = first < 0 ? ~first : first;
            int end = first;
            while (end < names.Length && names[end]!.StartsWith(stem, StringComparison.Ordinal)) // names of files are not null
                end++;
            string instances = string.Concat(file.AsSpan(0, file.Length - LabelEnd.Length), InstanceEnd);
            return (end - first) switch
            {
                0 => throw new FileNotFoundException($"Label '{file}' has no prediction: expected one file '{stem}*.png' below '{predictions}'. Predict the missing images first."),
                1 when !File.Exists(instances) => throw new FileNotFoundException($"Label '{file}' has no instances: expected '{instances}'. Copy it there from gtFine."),
                1 => new Files(file, instances, found[first]),
                _ => throw new InvalidDataException($"Label '{file}' has {end - first} predictions: '{found[first]}' and '{found[first + 1]}' among them. Keep one."),
            };
        })];
    }

    private static IEnumerable<string> List(string folder, Action<string, string> leaveOut)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"'{folder}' does not exist. Name a folder.");
        return FolderWalk.List(folder, [], leaveOut, (path, fault) => throw new IOException($"'{path}' cannot be read: {fault.Message}", fault))
            .Select(file => Path.Combine(folder, file));
    }
}
