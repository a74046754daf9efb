// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>A label map in a saved transformer.</summary>
internal static class SavedLabels
{
    public static void Write(BinaryWriter writer, LabelMap labels)
    {
        writer.Write(labels.Name);
        writer.Write(labels.ToCsv());
    }

    public static void Write(BinaryWriter writer, LabelFiles files)
    {
        Write(writer, files.Labels);
        writer.Write((byte)files.Ids);
    }

    public static LabelFiles ReadFiles(BinaryReader reader) => new(Read(reader), SavedChoice.Of<MaskIds>(reader.ReadByte()));

    public static LabelMap Read(BinaryReader reader) => LabelMap.Parse(reader.ReadString(), reader.ReadString());
}
