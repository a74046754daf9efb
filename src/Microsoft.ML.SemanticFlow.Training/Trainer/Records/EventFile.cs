// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using Google.Protobuf;
using Tensorboard;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>The frames of a TensorBoard event file: length, its checksum, an event, its checksum.</summary>
internal static class EventFile
{
    private const int HeadBytes = sizeof(long) + sizeof(uint), TailBytes = sizeof(uint);

    /// <summary>Takes out events, and a last one that was not written whole. The file is replaced only when that changes it.</summary>
    /// <exception cref="InvalidDataException">The file holds something else than events.</exception>
    public static void Cut(string path, Func<Event, bool> isKept)
    {
        if (!RegularFile.HoldsBytes(path))
            return; // of a process that ended before its first event
        byte[] bytes = RegularFile.ReadAllBytes(path);
        using var kept = new MemoryStream();
        int at = 0;
        while (bytes.Length - at >= HeadBytes)
        {
            long length = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
            if (length < 0 || length > bytes.Length - at - HeadBytes - TailBytes)
                break;
            int frame = HeadBytes + (int)length + TailBytes;
            if (isKept(Parse(path, new CodedInputStream(bytes, at + HeadBytes, (int)length))))
                kept.Write(bytes, at, frame);
            at += frame;
        }

        if (kept.Length != bytes.Length)
            AtomicFile.Write(path, kept.GetBuffer().AsMemory(0, (int)kept.Length));
    }

    private static Event Parse(string path, CodedInputStream content)
    {
        try
        {
            return Event.Parser.ParseFrom(content);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException($"{path} is no TensorBoard event file: {e.Message} Move it away.", e);
        }
    }
}
