// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>A part of a YAML file: text, a list, or a mapping. Anchors are not followed.</summary>
internal sealed class Yaml
{
    private const int Deepest = 64, MostBytes = 1 << 26;

    /// <summary>The text of a scalar; null where it is none, or says null.</summary>
    public string? Text { get; private init; }

    /// <summary>The elements of a list; null where it is none.</summary>
    public IReadOnlyList<Yaml>? Items { get; private init; }

    /// <summary>The members of a mapping, in their order; null where it is none.</summary>
    public IReadOnlyList<(string Key, Yaml Value)>? Members { get; private init; }

    /// <summary>A member; null where it is missing.</summary>
    public Yaml? this[string key] => Members?.FirstOrDefault(member => member.Key == key).Value;

    /// <summary>The text, or the texts of the list; none where it is neither.</summary>
    public IReadOnlyList<string> Texts => Text is { } text ? [text] : [.. Items?.Select(item => item.Text).OfType<string>() ?? []];

    /// <summary>Reads the first document of a file.</summary>
    /// <exception cref="InvalidDataException">It is no YAML, or no mapping.</exception>
    public static Yaml Read(string path)
    {
        string source = $"'{Path.GetFileName(path)}'";
        using var file = RegularFile.OpenRead(path);
        if (file.Length > MostBytes)
            throw new InvalidDataException($"{source} has {file.Length} bytes, more than a description of a data set. Check the file.");
        try
        {
            using var text = new StreamReader(file);
            var parser = new Parser(text);
            parser.MoveNext(); // the stream
            parser.MoveNext(); // its first document, or its end
            if (parser.Current is DocumentStart)
                parser.MoveNext();
            return Node(parser, source, depth: 0) is { Members: not null } root
                ? root
                : throw new InvalidDataException(
                    $"{source} is no list of names and values, as Ultralytics' data.yaml is. Check whether it is the right file.");
        }
        catch (YamlException e)
        {
            throw new InvalidDataException(
                $"{source} is no YAML at line {e.Start.Line}, column {e.Start.Column}: {Excerpt.Of(e.Message)}. Correct it.", e);
        }
    }

    private static Yaml Node(Parser parser, string source, int depth)
    {
        if (depth > Deepest)
            throw new InvalidDataException($"{source} nests more than {Deepest} levels deep. Check whether it is the right file.");
        switch (parser.Current)
        {
            case Scalar scalar:
                bool isNull = scalar.IsPlainImplicit && scalar.Value is "" or "~" or "null";
                return new Yaml { Text = isNull ? null : scalar.Value };
            case SequenceStart:
                var items = new List<Yaml>();
                while (parser.MoveNext() && parser.Current is not SequenceEnd)
                    items.Add(Node(parser, source, depth + 1));
                return new Yaml { Items = items };
            case MappingStart:
                var members = new List<(string, Yaml)>();
                while (parser.MoveNext() && parser.Current is not MappingEnd)
                {
                    string key = Node(parser, source, depth + 1).Text ?? "";
                    parser.MoveNext();
                    members.Add((key, Node(parser, source, depth + 1)));
                }

                return new Yaml { Members = members };
            default:
                return new Yaml();
        }
    }
}
