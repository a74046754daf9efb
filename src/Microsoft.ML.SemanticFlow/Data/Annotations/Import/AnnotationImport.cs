// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Import;

/// <summary>Writes annotations as the plain layout: images, masks of ids, and the table of classes.</summary>
internal static class AnnotationImport
{
    public static AnnotationImportReport Run(string input, string output, AnnotationImportOptions options)
    {
        var notes = new List<string>();
        var tree = new AnnotationTree(input, options.ImagesDirectory, output, options.Reading);
        RequireApart(tree, input, output);
        var (format, by) = options.Format is { } named ? (named, null) : AnnotationFormats.Recognize(tree, input) is var found
            ? (found.Format, found.By) : default;
        if (options.Variant is { } variant && !format.Variants.Contains(variant))
            throw new ArgumentException(
                $"{format.Title} has no variant '{variant}'{(format.Variants.Count > 0 ? $", but {string.Join(" and ", format.Variants)}" : "")}.", nameof(options));
        using var set = format.Open(tree, options);
        notes.AddRange(set.Notes);
        RequireNamesApart(set.Names, input);
        var target = ImportTarget.Prepare(output, tree, format, set, options);
        var work = new Work(set, target, format, options);
        work.Run();
        if (work.Copied > 0 && options.Images == ImagePlacement.Link)
            notes.Add($"{work.Copied} images were copied: the disk takes no links.");
        return work.Report(by, notes);
    }

    private static void RequireApart(AnnotationTree tree, string input, string output)
    {
        string inside = RealPath.Of(output), around = RealPath.Of(tree.Root);
        if (inside.Equals(around, RealPath.Comparison))
            throw new ArgumentException($"'{output}' is the folder of the annotations '{input}'. Name another folder for what is written.",
                nameof(output));
    }

    // Images of one name would become one file.
    private static void RequireNamesApart(IReadOnlyList<AnnotatedName> names, string input)
    {
        if (names.Count == 0)
            throw new FileNotFoundException($"'{input}' holds no annotated image. Check whether it is the right folder.");
        var seen = new Dictionary<AnnotatedName, AnnotatedName>(names.Count, NameComparer.Instance);
        foreach (var name in names)
        {
            if (InnerPath.Of("", name.Path) != name.Path)
                throw new InvalidDataException(
                    $"Image '{Excerpt.Of(name.Path)}' cannot be written under its name, which leads out of the folder. Rename it.");
            if (!seen.TryAdd(name, name))
                throw new InvalidDataException(
                    $"Two images would be written as '{PlainName(seen[name])}'{(seen[name] == name ? "" : $" and '{PlainName(name)}', which some disks take for the same")}: " +
                    $"they differ by their ending alone, or are annotated twice in '{input}'. Rename or remove one.");
        }
    }

    private static string PlainName(AnnotatedName name) => $"{Datasets.PlainFolder.NameOf(name.Split)}/labels/{name.Path}.png";

    private sealed class NameComparer : IEqualityComparer<AnnotatedName>
    {
        public static NameComparer Instance { get; } = new();

        public bool Equals(AnnotatedName x, AnnotatedName y) => x.Split == y.Split
            && string.Equals(x.Path, y.Path, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode(AnnotatedName name) => HashCode.Combine(name.Split, StringComparer.OrdinalIgnoreCase.GetHashCode(name.Path));
    }

    private sealed class Work(AnnotatedSet set, ImportTarget target, AnnotationFormatInfo format, AnnotationImportOptions options)
    {
        private readonly ConcurrentQueue<SkippedFile> _skipped = [];
        private readonly Lock _gate = new();
        private readonly Dictionary<DatasetSplit, int> _images = [];
        private readonly long[] _pixels = new long[256];
        private readonly int _count = Enumerable.Range(0, set.Names.Count).Count(position => options.Shard.Takes(position));
        private long _objects;
        private int _done, _existing;

        public int Copied => target.Copied;

        public void Run()
        {
            int workers = options.MaxDegreeOfParallelism ?? Environment.ProcessorCount;
            try
            {
                Parallel.ForEach(
                    Partitioner.Create(set.Images.Where((_, position) => options.Shard.Takes(position)), EnumerablePartitionerOptions.NoBuffering),
                    new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = options.CancellationToken },
                    () => new MaskCanvas(set.Classes, options, options.Order ?? format.Order),
                    (image, _, canvas) =>
                    {
                        Take(image, canvas);
                        options.Progress?.Report(new AnnotationImportProgress(Interlocked.Increment(ref _done), _count));
                        return canvas;
                    },
                    _ => { });
            }
            catch (AggregateException e)
            {
                ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            }

            var last = _skipped.LastOrDefault();
            if (last is not null)
                options.Reading.RequireShare(_skipped.Count, _count, $"'{target.Input}'", last.Reason);
        }

        public AnnotationImportReport Report(string? by, IReadOnlyList<string> notes) => new(format, set.Classes.Labels)
        {
            RecognizedBy = by,
            Images = _images,
            Existing = _existing,
            Objects = _objects,
            Pixels = _pixels.Select((count, id) => (Id: (byte)id, Count: count)).Where(pair => pair.Count > 0)
                .ToDictionary(pair => pair.Id, pair => pair.Count),
            Skipped = [.. _skipped.OrderBy(file => file.Path, StringComparer.Ordinal)],
            Notes = notes,
        };

        private void Take(AnnotatedImage image, MaskCanvas canvas)
        {
            long[]? pixels = target.FindWhole(image);
            bool exists = pixels is not null;
            int objects = 0;
            if (!exists && !TryMake(image, canvas, out pixels, out objects))
                return;
            lock (_gate)
            {
                _images[image.Name.Split] = _images.GetValueOrDefault(image.Name.Split) + 1;
                _existing += exists ? 1 : 0;
                _objects += objects;
                for (int id = 0; id < pixels?.Length; id++)
                    _pixels[id] += pixels[id];
            }
        }

        // A disk that takes no more is no fault of an image: it ends the work.
        private bool TryMake(AnnotatedImage image, MaskCanvas canvas, out long[]? pixels, out int objects)
        {
            (pixels, objects) = (null, 0);
            AnnotatedContent content;
            try
            {
                content = image.Open();
                var (height, width) = ImportTarget.SizeOf(content);
                canvas.Begin(height, width, $"'{Path.GetFileName(image.Source)}'");
                if (content.Paint is { } paint)
                {
                    paint(canvas);
                    canvas.Finish();
                }
            }
            catch (Exception e) when (SampleFaults.IsOfFile(e))
            {
                string sentence = e.Message.Contains(Path.GetFileName(image.Source), StringComparison.Ordinal)
                    ? e.Message
                    : $"'{Path.GetFileName(image.Source)}', {Excerpt.Of(image.Name.Path)}: {e.Message}";
                if (!options.Reading.SkipFaulty)
                    throw new InvalidDataException(sentence, e);
                var skipped = new SkippedFile(image.Source, sentence);
                _skipped.Enqueue(skipped);
                options.Reading.Skipped?.Report(skipped);
                return false;
            }

            pixels = target.Write(image.Name, content, content.Paint is null ? null : canvas);
            objects = canvas.Objects;
            return true;
        }
    }
}
