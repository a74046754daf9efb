// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>CVAT for images 1.1: one XML file, read twice, an image at a time. Nothing that it names is opened.</summary>
internal static class CvatXml
{
    private const string BackgroundName = "background";
    private const double RotatedLast = 0.5; // CVAT appends turned boxes behind all others of their depth, which are whole numbers
    private const double LargestCoordinate = 1 << 24;

    private static readonly XmlReaderSettings _settings =
        new()
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreWhitespace = true,
            CloseInput = true
        };

    public static AnnotationFormatInfo Info { get; } = new("cvat-xml", "CVAT for images 1.1", "annotations.xml, images/NAME.jpg")
    {
        Painter = "COCO's maskApi, OpenCV 4.13 for ellipses",
        Recognize = tree => FilesOf(tree) is [var first, ..] ? $"'{first}' is one of CVAT" : null,
        Open = Open,
    };

    private sealed record Label(string Name, RgbColor? Color);

    private static List<string> FilesOf(AnnotationTree tree) =>
        [.. tree.EndingIn(".xml").Where(path => tree.File is not null || Path.GetFileName(path) == "annotations.xml")];

    private static AnnotatedSet Open(AnnotationTree tree, AnnotationImportOptions options)
    {
        var paths = FilesOf(tree);
        if (paths.Count == 0)
            throw new FileNotFoundException($"'{tree.Root}' has no annotations.xml. Name the file, or the folder that holds it.");
        var labels = new List<Label>();
        var names = new List<AnnotatedName>();
        foreach (string path in paths)
            Guard(path, () => List(tree, path, labels, names));
        labels = [.. labels.DistinctBy(label => label.Name)];
        var classes = ClassTable.Create(
            $"'{paths[0]}'", [new(BackgroundName, 0, labels.Find(label => label.Name == BackgroundName)?.Color), .. labels
                .Where(label => label.Name != BackgroundName).Select((label, i) => new ClassTable.Entry(label.Name, i + 1, label.Color))],
            background: 0, options);
        return new AnnotatedSet(classes, names, paths.SelectMany(path => Images(tree, path)));
    }

    private static bool List(AnnotationTree tree, string path, List<Label> labels, List<AnnotatedName> names)
    {
        using var reader = XmlReader.Create(RegularFile.OpenRead(tree.At(path)), _settings);
        for (bool isThere = reader.Read(); isThere;)
        {
            if (reader.NodeType == XmlNodeType.Element && reader.Name == "label" && reader.Depth >= 3)
            {
                var label = (XElement)XNode.ReadFrom(reader);
                if (label.Element("parent") is null) // a part of a skeleton has one
                    labels.Add(new Label(label.Element("name")?.Value ?? "", ColorOf(label.Element("color")?.Value)));
                continue;
            }

            if (reader.NodeType == XmlNodeType.Element && reader.Name == "track")
                throw new InvalidDataException(
                    $"'{path}' is CVAT for video, whose tracks have no images of their own. Export it as CVAT for images.");
            if (reader.NodeType == XmlNodeType.Element && reader.Name == "image")
                names.Add(NameOf(reader.GetAttribute("name"), reader.GetAttribute("subset"), path));
            isThere = reader.Read();
        }

        return true;
    }

    private static IEnumerable<AnnotatedImage> Images(AnnotationTree tree, string path)
    {
        using var reader = XmlReader.Create(RegularFile.OpenRead(tree.At(path)), _settings);
        while (Guard(path, () => Next(reader)) is { } image)
        {
            yield return new AnnotatedImage(NameOf(image.Attribute("name")?.Value, image.Attribute("subset")?.Value, path), tree.At(path),
                () => Read(tree, path, image));
        }
    }

    private static XElement? Next(XmlReader reader)
    {
        while (!reader.EOF)
        {
            if (reader.NodeType == XmlNodeType.Element && reader.Name == "image")
                return (XElement)XNode.ReadFrom(reader);
            reader.Read();
        }

        return null;
    }

    private static AnnotatedName NameOf(string? name, string? subset, string path)
    {
        string inner = InnerPath.Of("", name ?? "")
            ?? throw new InvalidDataException(
            $"'{path}' names the image '{Excerpt.Of(name ?? "")}', which leads out of the folder. Export the annotations again, or correct it.");
        return new AnnotatedName(SplitNames.Of(subset ?? "default") ?? DatasetSplit.Train, InnerPath.Stem(inner));
    }

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (XmlException e)
        {
            throw new InvalidDataException(e.Message.Contains("DTD", StringComparison.Ordinal)
                ? $"'{path}' has a document type (<!DOCTYPE>), which could have other files opened and is never read. Export the annotations again."
                : $"'{path}' is no XML at line {e.LineNumber}, column {e.LinePosition}: {Excerpt.Of(e.Message.Split(" Line ")[0])} It may be cut off. Export it again.", e);
        }
    }

    private static AnnotatedContent Read(AnnotationTree tree, string path, XElement image)
    {
        string name = Text(image, "name"), folder = InnerPath.Folder(path);
        string? inner = InnerPath.Of("", name), subset = image.Attribute("subset")?.Value;
        string place = $"'{path}', image '{Excerpt.Of(name)}'";
        long height = (long)Number(image, "height", place), width = (long)Number(image, "width", place);
        var objects = image.Elements()
            .Select((item, i) => (Label: item.Attribute("label")?.Value ?? "",
            Place: $"{item.Name.LocalName} {i} of image '{Excerpt.Of(name)}'", Depth: DepthOf(item, place), Draw: Draw(item,
            $"{place}, {item.Name.LocalName} {i}", height, width)))
            .Where(item => item.Draw is not null).ToList();
        string[] folders = [InnerPath.Join(folder, "images"), folder, InnerPath.Join(folder, $"images/{subset}"), "images", ""];
        return new AnnotatedContent(tree.FindImage(name, folders.Select(string? (at) => inner is null ? null : InnerPath.Join(at, inner))),
            canvas =>
        {
            canvas.RequireSize(height, width);
            foreach (var (label, what, depth, draw) in objects)
                canvas.Add(label, what, draw!, depth); // filtered
        });
    }

    private static double DepthOf(XElement item, string place) =>
        (item.Attribute("z_order") is null ? 0 : Number(item, "z_order", place)) + (item.Name.LocalName == "box"
            && item.Attribute("rotation") is not null ? RotatedLast : 0);

    // Null for what has no pixels: lines, points, tags, skeletons.
    private static Action<Stencil>? Draw(XElement item, string place, long height, long width)
    {
        switch (item.Name.LocalName)
        {
            case "polygon":
                double[] points = [.. Text(item, "points").Split(';').SelectMany(pair => Pair(pair, place))];
                return points.Length >= 6 ? stencil => CocoPolygon.Fill(stencil, points)
                    : throw Fault(place, $"has {points.Length / 2} points, and a polygon has 3 at least");
            case "box":
                double[] corners = Corners(item, place);
                return stencil => CocoPolygon.Fill(stencil, corners);
            case "ellipse":
                double x = Number(item, "cx", place), y = Number(item, "cy", place), across = Number(item, "rx", place), down =
                    Number(item, "ry", place);
                double turned = item.Attribute("rotation") is null ? 0 : Number(item, "rotation", place);
                return stencil => OpenCvEllipse.Fill(
                    stencil, (int)Math.Round(x), (int)Math.Round(y), (int)Math.Round(across), (int)Math.Round(down), (int)Math.Round(
                        turned));
            case "mask":
                return MaskOf(item, place, height, width);
            default:
                return null;
        }
    }

    private static double[] Corners(XElement item, string place)
    {
        double left = Number(item, "xtl", place), top = Number(item, "ytl", place), across = Number(item, "xbr", place) - left, down =
            Number(item, "ybr", place) - top;
        double[] corners = [left, top, left + across, top, left + across, top + down, left, top + down];
        if (item.Attribute("rotation") is null || Number(item, "rotation", place) is 0)
            return corners;
        var (sin, cos) = Math.SinCos(double.DegreesToRadians(Number(item, "rotation", place)));
        double middleX = left + (across / 2), middleY = top + (down / 2);
        for (int i = 0; i < corners.Length; i += 2)
        {
            double x = corners[i] - middleX, y = corners[i + 1] - middleY;
            (corners[i], corners[i + 1]) = (Math.Round(middleX + (cos * x) - (sin * y), 2), Math.Round(middleY + (sin * x) + (cos * y), 2));
        }

        return corners;
    }

    private static Action<Stencil> MaskOf(XElement item, string place, long imageHeight, long imageWidth)
    {
        long left = (long)Number(item, "left", place), top = (long)Number(item, "top", place), width =
            (long)Number(item, "width", place), height = (long)Number(item, "height", place);
        if (left < 0 || top < 0 || width < 1 || height < 1 || left + width > imageWidth || top + height > imageHeight)
            throw Fault(place,
                $"has a box of {height} x {width} pixels (height x width) at row {top}, column {left}, which leaves the image of {imageHeight} x {imageWidth}");
        long[] runs = [.. Text(item, "rle").Split(',')
            .Select(part => long.TryParse(part, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out long run) ? run : throw Fault(place, $"has '{Excerpt.Of(part)}' among its runs"))];
        long total = 0;
        foreach (long run in runs)
            total = run <= height * width ? total + run : height * width + 1;
        if (total != height * width)
            throw Fault(place, $"has runs of {runs.Sum(run => Math.Min(run, int.MaxValue))} pixels, and its box has {height * width}");
        return stencil =>
        {
            long at = 0;
            for (int i = 0; i < runs.Length; i++)
            {
                long end = at + runs[i];
                while (i % 2 == 1 && at < end)
                {
                    long row = at / width, stop = Math.Min(end, (row + 1) * width);
                    stencil.Run((int)(top + row), (int)(left + (at % width)), (int)(left + ((stop - 1) % width)));
                    at = stop;
                }

                at = end;
            }
        };
    }

    private static double[] Pair(string text, string place) => text.Split(',') is [var x, var y]
        ? [Parse(x, text, place), Parse(y, text, place)]
        : throw Fault(place, $"has '{Excerpt.Of(text)}' where a point is x,y");

    private static double Number(XElement item, string name, string place) => Parse(Text(item, name), Text(item, name), place);

    private static string Text(XElement item, string name) => item.Attribute(name)?.Value
        ?? throw new InvalidDataException(
            $"An element {item.Name.LocalName} of CVAT has no attribute {name}. Export the annotations again.");

    private static double Parse(string number, string text, string place) =>
        double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && Math.Abs(value) <= LargestCoordinate
            ? value
            : throw Fault(place, $"has '{Excerpt.Of(text)}', which is no number that an image reaches");

    private static RgbColor? ColorOf(string? text) =>
        text is ['#', .. { Length: 6 } hex]
            && uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint color)
            ? new RgbColor((byte)(color >> 16), (byte)(color >> 8), (byte)color)
            : null;

    private static InvalidDataException Fault(string place, string what) =>
        new($"{place} {what}. Export the annotations again, or correct it.");
}
