// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>Processes that MPI connects, on one machine or many.</summary>
internal sealed unsafe class MpiCollective : Collective
{
    private static readonly Lock _joining = new();
    private static MpiCollective? _joined;

    private readonly MpiLibrary _mpi;
    private readonly nint _gradients;
    private long _waited;

    private MpiCollective(MpiLibrary mpi)
    {
        _mpi = mpi;
        (Rank, Size, _gradients) = (mpi.Rank(mpi.World), mpi.Size(mpi.World), mpi.Duplicate(mpi.World));
        nint machine = mpi.OfThisMachine(mpi.World);
        (LocalRank, LocalSize) = (mpi.Rank(machine), mpi.Size(machine));
    }

    public override int Rank { get; }

    public override int Size { get; }

    public override int LocalRank { get; }

    public override int LocalSize { get; }

    public override string Name => _mpi.Version;

    public override TimeSpan Waited => Stopwatch.GetElapsedTime(0, _waited);

    /// <summary>Joins the other processes, once in the life of this one: MPI cannot be begun twice.</summary>
    /// <param name="place">What the launcher says.</param>
    /// <exception cref="DllNotFoundException">There is no MPI library.</exception>
    /// <exception cref="PlatformNotSupportedException">The library finds other processes than the launcher speaks of.</exception>
    public static MpiCollective Join(ProcessPlace place)
    {
        lock (_joining)
            return _joined ??= Begin(place);
    }

    public override void Sum(Span<double> values) => SumOf(values, _mpi.Double);

    public override void Sum(Span<float> values) => SumOf(values, _mpi.Float);

    public override void Sum(Span<long> values) => SumOf(values, _mpi.Long);

    public override void Broadcast(Span<byte> bytes)
    {
        using var _ = new Waiting(this);
        fixed (byte* first = bytes)
            _mpi.Broadcast(first, bytes.Length, _mpi.World);
    }

    public override void Exchange(ReadOnlySpan<byte> send, Span<byte> receive)
    {
        using var _ = new Waiting(this);
        fixed (byte* sent = send, received = receive)
            _mpi.Exchange(sent, received, send.Length / Size, _mpi.World);
    }

    public override void Gather(ReadOnlySpan<byte> own, Span<byte> all)
    {
        using var _ = new Waiting(this);
        fixed (byte* sent = own, received = all)
            _mpi.Gather(sent, received, own.Length, _mpi.World);
    }

    public override void Barrier()
    {
        using var _ = new Waiting(this);
        _mpi.Barrier(_mpi.World);
    }

    public override PendingSum BeginSum(Tensor values)
    {
        if (values.device_type != TorchSharp.DeviceType.CPU)
            return base.BeginSum(values);
        using var _ = new Waiting(this);
        bool isDouble = values.dtype == ScalarType.Float64;
        fixed (byte* first = values.bytes) // libtorch's memory, which does not move
            return new Request(this, _mpi.BeginSumInPlace(first, checked((int)values.numel()), isDouble ? _mpi.Double : _mpi.Float, _gradients));
    }

    private static MpiCollective Begin(ProcessPlace place)
    {
        var mpi = MpiLibrary.Load(place);
        mpi.Initialize();
        int size = mpi.Size(mpi.World);
        if (size != place.Size)
        {
            throw new PlatformNotSupportedException(
                $"The launcher started {place.Size} processes, and {mpi.Version} finds {size}: it is not the MPI that the launcher belongs to. " +
                $"Use the mpirun of this MPI, or set {MpiLibrary.Variable} to the path of the launcher's libmpi.");
        }

        var joined = new MpiCollective(mpi);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Leave(mpi);
        return joined;
    }

    // A process that failed alone would wait for the others for ever, and they for it.
    private static void Leave(MpiLibrary mpi)
    {
        if (mpi.IsFinalized())
            return;
        if (Environment.ExitCode is 0 or Cancelled)
            mpi.Finish();
        else
            mpi.Abort(Environment.ExitCode);
    }

    // The exit code of a command that was told to stop: all processes are.
    private const int Cancelled = 130;

    private void SumOf<T>(Span<T> values, nint type)
        where T : unmanaged
    {
        using var _ = new Waiting(this);
        fixed (T* first = values)
            _mpi.SumInPlace(first, values.Length, type, _mpi.World);
    }

    private readonly ref struct Waiting(MpiCollective collective)
    {
        private readonly long _start = Stopwatch.GetTimestamp();

        public void Dispose() => collective._waited += Stopwatch.GetTimestamp() - _start;
    }

    private sealed class Request(MpiCollective collective, nint request) : PendingSum
    {
        private nint _request = request;
        private bool _isComplete;

        public override void Advance()
        {
            using var _ = new Waiting(collective);
            _isComplete = _isComplete || collective._mpi.Test(ref _request);
        }

        public override void Wait()
        {
            if (_isComplete)
                return;
            using var _ = new Waiting(collective);
            collective._mpi.Wait(ref _request);
            _isComplete = true;
        }
    }
}
