// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>Which files are written for which image, known and checked before the first is written.</summary>
internal static class OutputNames
{
    private const int LongestName = 255;

    /// <summary>Refuses an output folder whose files would be taken for images, or replace some.</summary>
    /// <param name="images">The folder of images.</param>
    /// <param name="output">Where the results go.</param>
    /// <exception cref="ArgumentException">They would.</exception>
    public static void RequireApart(string images, string output)
    {
        string inside = RealPath.Of(output), around = RealPath.Of(images);
        if (inside.Equals(around, RealPath.Comparison))
            throw new ArgumentException(
                $"'{output}' is the folder of the images: masks would overwrite them, or be taken for images the next time. " +
                "Name another folder.", nameof(output));
        if (RealPath.IsWithin(inside, around) && !OutputMark.IsOwn(output))
            throw new ArgumentException(
                $"'{output}' lies in the folder of the images and holds other files: masks could overwrite images. " +
                "Name a new folder, or one outside.", nameof(output));
    }

    /// <summary>Fails where two images would be written to one file, or a result over an image.</summary>
    /// <param name="jobs">What is planned.</param>
    /// <param name="tellsCasesApart">Asked only where names differ by case alone: whether the disk of the output does.</param>
    /// <exception cref="InvalidDataException">Two results have one name.</exception>
    /// <exception cref="ArgumentException">A result has the name of an image.</exception>
    public static void Check(IReadOnlyList<ScoringJob> jobs, Func<bool> tellsCasesApart)
    {
        var writers = new Dictionary<string, (string Path, ScoringJob Job)>(StringComparer.OrdinalIgnoreCase);
        foreach (var job in jobs)
        {
            foreach (string file in job.Files)
            {
                if (writers.TryAdd(file, (file, job)))
                    continue;
                var (path, other) = writers[file];
                if (path == file || !tellsCasesApart())
                {
                    string why = path == file ? "" : ", since the disk takes small and capital letters for the same";
                    throw new InvalidDataException($"'{other.Image}' and '{job.Image}' would both be written to '{path}'{why}. Rename one.");
                }
            }
        }

        // Of the folders alone: a link to an image is replaced, and its target stays.
        var folders = new Dictionary<string, string>();
        var images = jobs.ToLookup(job => Real(job.Image), StringComparer.FromComparison(RealPath.Comparison));
        foreach (var (path, job) in writers.Values)
        {
            if (images[Real(path)].FirstOrDefault() is { } overwritten)
                throw new ArgumentException(
                    $"'{path}', a result for '{job.Image}', would overwrite the image '{overwritten.Image}'. " +
                    "Name another folder.");
        }

        string Real(string file)
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(file))!; // a file lies in one
            if (!folders.TryGetValue(folder, out string? real))
                folders.Add(folder, real = RealPath.Of(folder));
            return Path.Combine(real, Path.GetFileName(file));
        }
    }

    /// <summary>Why a job's files cannot be written by their names; null when they can.</summary>
    public static string? WhyNot(ScoringJob job)
    {
        string longest = Path.GetFileName(job.Files.MaxBy(file => file.Length)!); // there is the mask
        int length = OperatingSystem.IsWindows() ? longest.Length : Encoding.UTF8.GetByteCount(longest);
        return length > LongestName
            ? $"Its result '{longest}' has a name of {length} bytes, and disks take {LongestName}. Rename the image."
            : null;
    }

    /// <summary>Whether a folder's disk keeps apart names that differ by case alone.</summary>
    public static bool TellsCasesApart(string folder)
    {
        string probe = Path.Combine(folder, PartialFile.NewName());
        using (PartialFile.Create(probe))
        {
            bool apart = !File.Exists(Path.Combine(folder, Path.GetFileName(probe).ToUpperInvariant()));
            File.Delete(probe);
            return apart;
        }
    }
}
