// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>A JSON file that is an array, and where in it each element stands: they are read again one by one.</summary>
internal sealed class JsonPlaces : IDisposable
{
    private readonly string _path;
    private readonly string _source;
    private readonly SafeFileHandle _handle;
    private readonly List<(long Offset, int Length)> _places = [];

    public JsonPlaces(string path)
    {
        (_path, _source) = (path, $"'{Path.GetFileName(path)}'");
        using (RegularFile.OpenRead(path))
            _handle = File.OpenHandle(path);
    }

    /// <summary>How many elements were read.</summary>
    public int Count => _places.Count;

    /// <summary>Reads all elements in their order, and keeps their places.</summary>
    public void Read(IReadOnlyCollection<string> arrays, Action<string, Json> take) => JsonStream.Read(_path, arrays,
        (array, element, offset) =>
    {
        _places.Add((offset, element.Length));
        var reader = new Utf8JsonReader(element);
        using var document = JsonDocument.ParseValue(ref reader);
        take(array, new Json(document.RootElement, $"{_source}[{_places.Count - 1}]"));
    });

    /// <summary>Reads an element again; several threads may.</summary>
    public T Parse<T>(int index, Func<Json, T> read)
    {
        byte[] bytes = new byte[_places[index].Length];
        int count = RandomAccess.Read(_handle, bytes, _places[index].Offset);
        return Json.Parse(bytes.AsMemory(0, count), $"{_source}[{index}]", read);
    }

    public void Dispose() => _handle.Dispose();
}
