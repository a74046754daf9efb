// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Distributed;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Distributed;

/// <summary>Threads of this process in the place of processes. A thread that fails ends the others' waiting.</summary>
internal sealed class ThreadCollective : Collective
{
    private readonly Group _group;

    private ThreadCollective(Group group, int rank) => (_group, Rank) = (group, rank);

    public override int Rank { get; }

    public override int Size => _group.Values.Length;

    public override string Name => "threads";

    /// <summary>Runs work on several threads, each with its own place.</summary>
    /// <returns>What each came to.</returns>
    public static T[] Run<T>(int size, Func<Collective, T> work)
    {
        var group = new Group(size);
        var results = new T[size];
        var faults = new List<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = work(new ThreadCollective(group, rank));
            }
            catch (Exception e)
            {
                lock (faults)
                    faults.Add(e);
                group.Stop.Cancel();
            }
        }))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        return faults.Count == 0 ? results : throw new AggregateException(faults);
    }

    public override void Sum(Span<double> values) => Add(values);

    public override void Sum(Span<float> values) => Add(values);

    public override void Sum(Span<long> values) => Add(values);

    public override void Broadcast(Span<byte> bytes) => Share(bytes.ToArray(), all => all[0]).CopyTo(bytes);

    public override void Exchange(ReadOnlySpan<byte> send, Span<byte> receive)
    {
        int part = send.Length / Size;
        Share(send.ToArray(), all => [.. all.SelectMany(sent => sent.Skip(Rank * part).Take(part))]).CopyTo(receive);
    }

    public override void Gather(ReadOnlySpan<byte> own, Span<byte> all) => Share(own.ToArray(), given => [.. given.SelectMany(bytes => bytes)]).CopyTo(all);

    public override void Barrier() => Share([], all => all[0]);

    private void Add<T>(Span<T> values)
        where T : unmanaged, INumber<T>
    {
        byte[] sum = Share(MemoryMarshal.AsBytes(values).ToArray(), all =>
        {
            var total = new T[all[0].Length / Marshal.SizeOf<T>()];
            foreach (byte[] part in all)
            {
                var numbers = MemoryMarshal.Cast<byte, T>(part);
                for (int i = 0; i < total.Length; i++)
                    total[i] += numbers[i];
            }

            return MemoryMarshal.AsBytes(total.AsSpan()).ToArray();
        });
        MemoryMarshal.Cast<byte, T>(sum).CopyTo(values);
    }

    // All put their bytes down, wait, read, and wait again before the next may put down.
    private byte[] Share(byte[] own, Func<byte[][], byte[]> read)
    {
        _group.Values[Rank] = own;
        _group.Meeting.SignalAndWait(_group.Stop.Token);
        byte[] result = read(_group.Values);
        _group.Meeting.SignalAndWait(_group.Stop.Token);
        return result;
    }

    private sealed class Group(int size)
    {
        public byte[][] Values { get; } = new byte[size][];

        public Barrier Meeting { get; } = new(size);

        public CancellationTokenSource Stop { get; } = new();
    }
}
