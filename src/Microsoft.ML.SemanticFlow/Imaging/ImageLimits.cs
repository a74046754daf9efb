// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How large images may be that are read from files, streams and bytes: for the whole process, whoever reads them.</summary>
/// <remarks>
/// A file that claims more is refused before memory is taken, and so is one that claims more than a file of its kind and length can hold.
/// Images that the caller has decoded are not concerned.
/// </remarks>
/// <example>
/// <code>
/// int before = ImageLimits.MaxPixels;
/// ImageLimits.MaxPixels = 16 * 1024 * 1024;                   // before the first image: a service refuses what claims to be larger
/// ImageLimits.MaxPixels = before;
/// </code>
/// </example>
public static class ImageLimits
{
    internal const int LargestMaxPixels = 500_000_000;  // 2 GB decoded, about what an array holds

    // A network that is fixed to more would take a hundred gigabytes.
    private const int LargestModel = 1 << 26;

    private static int _maxPixels = LargestMaxPixels;

    /// <summary>The most pixels an image or a label file may have, and the image that a model file may be fixed to: 1 to 500,000,000, which is the default.</summary>
    /// <remarks>
    /// A decoded image takes 4 bytes a pixel, a label file 1 or, with 16 bits, 3, for each that is read at a time. A service that takes images of
    /// strangers should set what it expects: a well compressed file of 1 MB can hold what takes 2 GB.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 500,000,000.</exception>
    public static int MaxPixels
    {
        get => Volatile.Read(ref _maxPixels);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(MaxPixels));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, LargestMaxPixels, nameof(MaxPixels));
            Volatile.Write(ref _maxPixels, value);
        }
    }

    /// <summary>Refuses a size that a file claims.</summary>
    /// <exception cref="InvalidDataException">A side is 0, or there are more pixels than may be.</exception>
    internal static void Check(long height, long width, string subject) => Check(height, width, subject, MaxPixels);

    /// <summary>Refuses an image size that a model file is fixed to.</summary>
    /// <exception cref="InvalidDataException">A side is 0, or there are more pixels than may be.</exception>
    internal static void CheckModel(int height, int width, string subject) => Check(height, width, subject, Math.Min(MaxPixels, LargestModel));

    private static void Check(long height, long width, string subject, int most)
    {
        if (height <= 0 || width <= 0 || height > most / width)
            throw new InvalidDataException(
                $"{subject} says it is {height} x {width} pixels (height x width); " +
                $"1 to {most} pixels can be read{(most == MaxPixels && most < LargestMaxPixels ? " (ImageLimits.MaxPixels)" : "")}. Check the file.");
    }
}
