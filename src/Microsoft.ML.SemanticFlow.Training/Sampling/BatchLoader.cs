// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Augments crops ahead of the step, on threads of its own, into a few batches that are used again and again.</summary>
/// <remarks>
/// Crop p of epoch e, counted over all processes, is augmented with a random source made of (seed, e, p): the batches do not depend on how
/// many threads there are, and those of several processes are together those of one. The buffers are libtorch's own memory, so nothing is copied on the way to the network.
/// </remarks>
internal sealed class BatchLoader : IDisposable
{
    // One batch in the network, one ready, one being filled.
    private const int BatchesInFlight = 3;

    private readonly CropStream _stream;
    private readonly JointAugmentation _augmentation;
    private readonly Slot[] _slots;
    private readonly BatchShare _share;
    private readonly int _workers;
    private readonly int _seed;
    private readonly bool _channelsLast;

    public BatchLoader(
        CropStream stream, JointAugmentation augmentation, BatchShare share, bool channelsLast, int workers, int seed)
    {
        (_stream, _augmentation, _share, _channelsLast, _workers, _seed) = (stream, augmentation, share, channelsLast, workers, seed);
        var crop = augmentation.Options;
        _slots = [.. Enumerable.Range(0, BatchesInFlight).Select(_ => new Slot(share.Size, crop.CropHeight, crop.CropWidth, channelsLast))];
    }

    /// <summary>Steps of an epoch: whole batches only; crops fewer than a batch are repeated to fill one.</summary>
    public int StepsPerEpoch => Math.Max(1, _stream.CropsPerEpoch / _share.SizeOfAll);

    /// <summary>The batches of one epoch. A fault of a worker surfaces here as it was thrown.</summary>
    /// <param name="epoch">The epoch, from 0; with the seed it fixes order and augmentation.</param>
    /// <param name="cancellation">Ends the epoch with <see cref="OperationCanceledException"/>.</param>
    public IEnumerable<Batch> Epoch(int epoch, CancellationToken cancellation)
    {
        using var run = new Run(this, epoch, cancellation);
        for (int step = 0; step < StepsPerEpoch; step++)
            yield return run.Take(step);
    }

    public void Dispose()
    {
        foreach (var slot in _slots)
            slot.Dispose();
    }

    /// <summary>One reusable batch: libtorch's memory, seen by the workers as spans and by the network as tensors.</summary>
    private sealed class Slot : IDisposable
    {
        private readonly Tensor _storage;
        private readonly int _valuesOfImage;
        private readonly int _pixelsOfLabels;

        public Slot(int batchSize, int height, int width, bool channelsLast)
        {
            using var scope = NewDisposeScope();
            _storage = empty(channelsLast ? [batchSize, height, width, 3] : [batchSize, 3, height, width], float32).DetachFromDisposeScope();
            Images = channelsLast ? _storage.permute(0, 3, 1, 2).DetachFromDisposeScope() : _storage;
            Labels = empty(batchSize, height, width, int64).DetachFromDisposeScope();
            (_valuesOfImage, _pixelsOfLabels) = (3 * height * width, height * width);
        }

        public Tensor Images { get; }

        public Tensor Labels { get; }

        public Span<float> ImageAt(int index) => MemoryMarshal.Cast<byte, float>(_storage.bytes).Slice(index * _valuesOfImage, _valuesOfImage);

        public Span<long> LabelsAt(int index) => MemoryMarshal.Cast<byte, long>(Labels.bytes).Slice(index * _pixelsOfLabels, _pixelsOfLabels);

        public void Dispose()
        {
            Images.Dispose();
            _storage.Dispose();
            Labels.Dispose();
        }
    }

    /// <summary>The threads of one epoch.</summary>
    private sealed class Run : IDisposable
    {
        private readonly BatchLoader _loader;
        private readonly int _epoch;
        private readonly int _crops;
        private readonly CancellationTokenSource _stop;
        private readonly CancellationToken _cancellation;
        private readonly CancellationTokenRegistration _wake;
        private readonly IEnumerator<SampledCrop> _drawn;
        private readonly Lock _sampling = new();
        private readonly object _state = new();
        private readonly int[] _filled = new int[BatchesInFlight];
        private readonly bool[] _hasLabels = new bool[BatchesInFlight];
        private readonly Thread[] _threads;
        private int _next;
        private int _released;
        private ExceptionDispatchInfo? _fault;

        public Run(BatchLoader loader, int epoch, CancellationToken cancellation)
        {
            (_loader, _epoch, _cancellation) = (loader, epoch, cancellation);
            _crops = loader.StepsPerEpoch * loader._share.Size;
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            _wake = _stop.Token.Register(Wake);
            _drawn = loader._stream.Crops(RandomStreams.Order(loader._seed, epoch), _stop.Token, loader._share).GetEnumerator();
            _threads = [.. Enumerable.Range(0, loader._workers).Select(i => new Thread(Work) { IsBackground = true, Name = $"SemanticFlow augmentation {i}" })];
            foreach (var thread in _threads)
                thread.Start();
        }

        /// <summary>Waits for a batch; gives the one before back to the workers.</summary>
        public Batch Take(int step)
        {
            lock (_state)
            {
                _released = step;
                Monitor.PulseAll(_state);
                int at = step % BatchesInFlight;
                while (_filled[at] < _loader._share.Size)
                {
                    _fault?.Throw();
                    _cancellation.ThrowIfCancellationRequested();
                    Monitor.Wait(_state);
                }

                var slot = _loader._slots[at];
                var batch = new Batch(slot.Images, slot.Labels, _hasLabels[at]);
                (_filled[at], _hasLabels[at]) = (0, false);
                return batch;
            }
        }

        public void Dispose()
        {
            _stop.Cancel();
            foreach (var thread in _threads)
                thread.Join();
            _wake.Dispose();
            _drawn.Dispose();
            _stop.Dispose();
        }

        private void Work()
        {
            try
            {
                while (TryTakeCrop(out int position, out var crop))
                {
                    var slot = _loader._slots[position / _loader._share.Size % BatchesInFlight];
                    int index = position % _loader._share.Size;
                    var labels = slot.LabelsAt(index);
                    _loader._augmentation.Apply(
                        crop, RandomStreams.Augmentation(_loader._seed, _epoch, _loader._share.PlaceOf(position)), slot.ImageAt(index), labels, _loader._channelsLast);
                    Finish(position, labels.ContainsAnyExcept(LabelMap.IgnoreId));
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The consumer has left, or sees the cancellation itself.
            }
            catch (Exception e)
            {
                lock (_state)
                {
                    _fault ??= ExceptionDispatchInfo.Capture(e);
                    Monitor.PulseAll(_state);
                }
            }
        }

        // Positions and crops are dealt out in one order, whichever worker asks.
        private bool TryTakeCrop(out int position, out SampledCrop crop)
        {
            lock (_sampling)
            {
                lock (_state)
                {
                    while (_next < _crops && _next / _loader._share.Size >= _released + BatchesInFlight && !_stop.IsCancellationRequested)
                        Monitor.Wait(_state);
                    (position, crop) = (_next, default);
                    if (_next >= _crops || _stop.IsCancellationRequested || _fault is not null)
                        return false;
                    _next++;
                }

                // Crops have no end; that they end means that another worker met a fault, which it reports.
                bool isDrawn = _drawn.MoveNext();
                crop = isDrawn ? _drawn.Current : default;
                return isDrawn;
            }
        }

        private void Finish(int position, bool hasLabels)
        {
            lock (_state)
            {
                int at = position / _loader._share.Size % BatchesInFlight;
                _hasLabels[at] |= hasLabels;
                _filled[at]++;
                Monitor.PulseAll(_state);
            }
        }

        private void Wake()
        {
            lock (_state)
                Monitor.PulseAll(_state);
        }
    }
}
