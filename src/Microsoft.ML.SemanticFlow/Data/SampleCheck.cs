// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Concurrent;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>
/// Looks at the beginning and the end of every file of a set: what is missing, unreadable, no image, cut off or of another size is found
/// before the work.
/// </summary>
internal static class SampleCheck
{
    /// <summary>Checks samples on all cores.</summary>
    /// <returns>Those that pass, in their order.</returns>
    public static List<SegmentationSample> Run(List<SegmentationSample> samples, SampleFaults faults, int smallestSide)
    {
        var found = new ConcurrentDictionary<int, Exception>();
        Parallel.For(0, samples.Count, i =>
        {
            try
            {
                Check(samples[i], smallestSide);
            }
            catch (Exception e) when (SampleFaults.IsOfFile(e))
            {
                found[i] = e;
            }
        });
        if (found.IsEmpty)
            return samples;

        string count = $"({found.Count} of {samples.Count} images cannot be used.)";
        foreach (var (i, fault) in found.OrderBy(pair => pair.Key))
            faults.Add(samples[i].ImagePath, found.Count == 1 || faults.Skips ? fault : new InvalidDataException($"{fault.Message} {count}", fault));
        return [.. samples.Where((_, i) => !found.ContainsKey(i))];
    }

    private static void Check(SegmentationSample sample, int smallestSide)
    {
        var (height, width) = WholeSize(sample.ImagePath, "Image");
        if (Math.Min(height, width) < smallestSide)
            throw new InvalidDataException(
                $"Image '{sample.ImagePath}' is {height} x {width} pixels (height x width), and {smallestSide} are needed on each side. " +
                "Enlarge it, or leave it out.");
        if (sample.LabelPath is { } label && WholeSize(label, "Label") is var size && size != (height, width))
            throw new InvalidDataException(
                $"Image '{sample.ImagePath}' is {height} x {width}, its label '{label}' {size.Height} x {size.Width} (height x width). " +
                "Give a label of the image's size.");
    }

    // A file that does not end as its format does may be cut off, or have bytes behind it: then only decoding tells.
    private static (int Height, int Width) WholeSize(string path, string what)
    {
        try
        {
            if (FileEnd.IsThere(path))
                return ImageCodec.ReadSize(path);
            using var image = ImageCodec.Decode(path, rent: true);
            return (image.Height, image.Width);
        }
        catch (Exception e) when (SampleFaults.IsOfFile(e))
        {
            throw new InvalidDataException($"{what} '{path}' cannot be read: {e.Message}", e);
        }
    }
}
