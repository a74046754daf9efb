// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>A COCO file: its images and categories, and where in it each image's annotations stand.</summary>
internal sealed class CocoFile : IDisposable
{
    private readonly string _source;
    private readonly SafeFileHandle _handle;
    private readonly List<Place> _places = [];
    private readonly Dictionary<string, Chain> _chains = [];

    private CocoFile(string path)
    {
        _source = $"'{Path.GetFileName(path)}'";
        using (RegularFile.OpenRead(path))
            _handle = File.OpenHandle(path);
    }

    /// <param name="Offset">Where it begins in the file.</param>
    /// <param name="Length">How many bytes it has.</param>
    /// <param name="Next">The place of the image's next annotation; -1 at the last.</param>
    internal record struct Place(long Offset, int Length, int Next);

    // Of one image, in the order of the file.
    private record struct Chain(int First, int Last);

    internal sealed record Image(string Id, string FileName, long Height, long Width);

    internal sealed record Category(string Name, RgbColor? Color);

    public List<Image> Images { get; } = [];

    public Dictionary<long, Category> Categories { get; } = [];

    /// <summary>Reads a file to its end.</summary>
    /// <exception cref="InvalidDataException">It is none, or an annotation belongs to no image.</exception>
    public static CocoFile Read(string path)
    {
        var file = new CocoFile(path);
        try
        {
            JsonStream.Read(path, ["images", "annotations", "categories"], file.Take);
            file.Check();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Where an image's annotations stand, in their order.</summary>
    public IEnumerable<Place> AnnotationsOf(Image image)
    {
        for (int at = _chains.TryGetValue(image.Id, out var chain) ? chain.First : -1; at >= 0; at = _places[at].Next)
            yield return _places[at];
    }

    /// <summary>Reads an annotation; several threads may.</summary>
    public void Parse(Place place, Action<Json> read)
    {
        byte[] bytes = new byte[place.Length];
        int count = RandomAccess.Read(_handle, bytes, place.Offset);
        Json.Parse(bytes.AsMemory(0, count), $"{_source}, an annotation at byte {place.Offset},", annotation =>
        {
            string id = annotation.Find("id") is { } number ? number.Element.ToString() : "without id";
            read(annotation with { Place = $"{_source}, annotation {Excerpt.Of(id)}" });
            return true;
        });
    }

    public void Dispose() => _handle.Dispose();

    private void Take(string array, ReadOnlySpan<byte> element, long offset)
    {
        if (array == "annotations")
        {
            TakeAnnotation(element, offset);
            return;
        }

        var reader = new Utf8JsonReader(element);
        using var document = JsonDocument.ParseValue(ref reader);
        var json = new Json(document.RootElement, $"{_source}, {array}[{(array == "images" ? Images.Count : Categories.Count)}]");
        if (array == "images")
            Images.Add(new Image(IdOf(json.Need("id")), json.Need("file_name").Text(), json.Need("height").Integer(),
                json.Need("width").Integer()));
        else if (!Categories.TryAdd(json.Need("id").Integer(), new Category(json.Need("name").Text(), ColorOf(json))))
            throw json.Fault(".id", "is that of an earlier category");
    }

    // Of the annotation nothing else is looked at yet.
    private void TakeAnnotation(ReadOnlySpan<byte> element, long offset)
    {
        var reader = new Utf8JsonReader(element);
        string? image = null;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1 || !reader.ValueTextEquals("image_id"u8))
                continue;
            reader.Read();
            image = reader.TokenType switch
            {
                JsonTokenType.Number when reader.TryGetInt64(out long whole) => whole.ToString(CultureInfo.InvariantCulture),
                JsonTokenType.String => reader.GetString(),
                _ => null,
            };
        }

        if (image is null)
            throw new InvalidDataException(
                $"{_source}, annotations[{_places.Count}] has no image_id that is read. Export the annotations again, or correct it.");
        int at = _places.Count;
        _places.Add(new Place(offset, element.Length, -1));
        if (!_chains.TryGetValue(image, out var chain))
        {
            _chains.Add(image, new Chain(at, at));
            return;
        }

        _places[chain.Last] = _places[chain.Last] with { Next = at };
        _chains[image] = chain with { Last = at };
    }

    private void Check()
    {
        var ids = new HashSet<string>();
        foreach (var image in Images)
        {
            if (!ids.Add(image.Id))
                throw new InvalidDataException(
                    $"{_source} lists two images with id {Excerpt.Of(image.Id)}, so that annotations go with neither. Export the annotations again.");
        }

        if (_chains.FirstOrDefault(chain => !ids.Contains(chain.Key)) is { Key: { } stray } of)
            throw new InvalidDataException(
                $"{_source}, annotations[{of.Value.First}] belongs to image {Excerpt.Of(stray)}, which the file does not list. Export the annotations again.");
        if (Images.Count == 0)
            throw new InvalidDataException($"{_source} lists no image. Check whether it is the right file.");
        if (Categories.Count == 0)
            throw new InvalidDataException($"{_source} lists no category. Check whether it is the right file.");
    }

    private static string IdOf(Json id) => id.Is(JsonValueKind.String) ? id.Text() : id.Integer().ToString(CultureInfo.InvariantCulture);

    // Of panoptic and of some tools.
    private static RgbColor? ColorOf(Json category) =>
        category.Find("color") is { } color && color.Is(JsonValueKind.Array) && color.Element.GetArrayLength() == 3
            && color.Items().All(channel => channel.Is(JsonValueKind.Number) && channel.Element.TryGetByte(out _))
            ? new RgbColor(color.Element[0].GetByte(), color.Element[1].GetByte(), color.Element[2].GetByte())
            : null;
}
