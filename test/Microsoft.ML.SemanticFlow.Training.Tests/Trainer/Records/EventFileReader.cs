// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer.Records;

/// <summary>One value of an event: a number, or an encoded image.</summary>
internal sealed record LoggedValue(long Step, double WallTime, string Tag, float? Number, byte[]? Image);

/// <summary>Reads TensorBoard's event files by their published layout: frames with CRC-32C, protobuf inside.</summary>
internal static class EventFileReader
{
    public static LoggedValue[] ReadFolder(string folder) =>
        [.. Directory.GetFiles(folder, "*tfevents*").Order(StringComparer.Ordinal).SelectMany(ReadFile)];

    public static List<LoggedValue> ReadFile(string path)
    {
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        var values = new List<LoggedValue>();
        for (bool first = true; !rest.IsEmpty; first = false)
        {
            int length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(rest));
            Assert.AreEqual(Masked(rest[..8]), BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]), "checksum of the length");
            var content = rest.Slice(12, length);
            Assert.AreEqual(Masked(content), BinaryPrimitives.ReadUInt32LittleEndian(rest[(12 + length)..]), "checksum of the event");
            rest = rest[(16 + length)..];

            // Event: 1 wall_time, 2 step, 3 file_version, 5 summary.
            var fields = Fields(content);
            if (first)
                Assert.AreEqual("brain.Event:2", Encoding.UTF8.GetString(fields.Single(field => field.Number == 3).Bytes));
            double wallTime = BitConverter.UInt64BitsToDouble(fields.Single(field => field.Number == 1).Value);
            long step = (long)fields.FirstOrDefault(field => field.Number == 2).Value;
            values.AddRange(fields.Where(field => field.Number == 5).SelectMany(summary => Fields(summary.Bytes)).Select(value => Value(step, wallTime, value.Bytes)));
        }

        return values;
    }

    // Summary.Value: 1 tag, 2 simple_value, 4 image; Image: 4 encoded_image_string.
    private static LoggedValue Value(long step, double wallTime, byte[] bytes)
    {
        var fields = Fields(bytes);
        var number = fields.Where(field => field.Number == 2).Select(field => (float?)BitConverter.UInt32BitsToSingle((uint)field.Value)).FirstOrDefault();
        byte[]? image = fields.Where(field => field.Number == 4).Select(field => Fields(field.Bytes).Single(inner => inner.Number == 4).Bytes).FirstOrDefault();
        return new LoggedValue(step, wallTime, Encoding.UTF8.GetString(fields.Single(field => field.Number == 1).Bytes), number, image);
    }

    private static List<(int Number, ulong Value, byte[] Bytes)> Fields(ReadOnlySpan<byte> message)
    {
        var fields = new List<(int, ulong, byte[])>();
        while (!message.IsEmpty)
        {
            ulong key = Varint(ref message);
            int number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    fields.Add((number, Varint(ref message), []));
                    break;
                case 1:
                    fields.Add((number, BinaryPrimitives.ReadUInt64LittleEndian(message), []));
                    message = message[8..];
                    break;
                case 2:
                    int length = (int)Varint(ref message);
                    fields.Add((number, 0, message[..length].ToArray()));
                    message = message[length..];
                    break;
                case 5:
                    fields.Add((number, BinaryPrimitives.ReadUInt32LittleEndian(message), []));
                    message = message[4..];
                    break;
                default:
                    throw new AssertFailedException($"Wire type {key & 7} does not occur in events.");
            }
        }

        return fields;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }

    // CRC-32C bit by bit, rotated right by 15 and offset, as the format asks.
    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0x82F63B78;
        }

        crc = ~crc;
        return (crc >> 15 | crc << 17) + 0xA282EAD8;
    }
}
