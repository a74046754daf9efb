// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Scoring;

/// <summary>Runs one <see cref="PassPlan"/> and gives its scores a row of the image at a time, from the top.</summary>
/// <remarks>
/// A row of tiles is scored when the first image row needs it and let go after the last, and scores stay as small as the network gives them:
/// enlarging, blending and resizing are one <see cref="LinearMap"/> along each axis. So the memory is that of the rows of tiles that
/// overlap, however high the image. Scores lie as [column, class], the classes padded to whole vectors (<see cref="Lanes"/>).
/// </remarks>
internal sealed class ScorePass : IDisposable
{
    private readonly ImageScorer _scorer;
    private readonly PixelImage _image;
    private readonly PassPlan _plan;
    private readonly int _lanes;
    private readonly float[]?[] _strips;    // the scores of each row of tiles, [row, column, class]
    private PixelImage? _tile;              // filled anew for every tile
    private Grid? _grid;                    // known when the first tile is scored
    private float[] _line = [];
    private int _released;

    public ScorePass(ImageScorer scorer, PixelImage image, PassPlan plan)
    {
        (_scorer, _image, _plan, _lanes) = (scorer, image, plan, Lanes(scorer.Description.Labels.ClassCount));
        _strips = new float[]?[plan.Down.Starts.Count];
    }

    /// <summary>The scores of one tile as the network gives them, and what all tiles' scores make of the image.</summary>
    private sealed record Grid(int Height, int Width, LinearMap Rows, LinearMap Columns);

    /// <summary>Values a pixel: the classes, padded to whole vectors.</summary>
    public static int Lanes(int classes) => (classes + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;

    /// <summary>Adds the pass's share of one row; rows must come in order.</summary>
    /// <param name="row">A row of the image.</param>
    /// <param name="scores">One value a column and lane.</param>
    /// <param name="cancellation">Stops between tiles and within the network.</param>
    public void AddRow(int row, Span<float> scores, CancellationToken cancellation)
    {
        if (_grid is null)
            ScoreStrip(0, cancellation);

        ReadOnlySpan<Tap> taps = _grid.Rows.Of(row);
        for (; _released < taps[0].Index / _grid.Height; _released++)
            Release(_released);

        var line = _line.AsSpan(0, _grid.Columns.SourceLength * _lanes);
        line.Clear();
        foreach (var tap in taps)
        {
            var (strip, at) = Math.DivRem(tap.Index, _grid.Height);
            if (_strips[strip] is null)
                ScoreStrip(strip, cancellation);
            TensorPrimitives.MultiplyAdd(_strips[strip].AsSpan(at * line.Length, line.Length), (float)tap.Weight, line, line);
        }

        Spread(line, _grid.Columns, scores, _lanes);
    }

    public void Dispose()
    {
        for (int i = 0; i < _strips.Length; i++)
            Release(i);
        ArrayPool<float>.Shared.Return(_line);
        _line = [];
        _tile?.Dispose();
    }

    [MemberNotNull(nameof(_grid))]
    private void ScoreStrip(int strip, CancellationToken cancellation)
    {
        for (int i = 0; i < _plan.Across.Starts.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            int column = i;
            _scorer.RunHeld(Tile(_plan.Down.Starts[strip], _plan.Across.Starts[i]), source: null,
                (logits, height, width) => Keep(logits, height, width, strip, column), cancellation);
        }

        Debug.Assert(_grid is not null);
    }

    /// <summary>The pixels of a tile, of the mirrored image when the pass is mirrored.</summary>
    private PixelImage Tile(int top, int left)
    {
        var (height, width) = (_plan.Down.Length, _plan.Across.Length);
        if (!_plan.Mirrored && (height, width) == (_image.Height, _image.Width) && (_plan.Height, _plan.Width) == (height, width))
            return _image;

        _tile ??= PixelImage.Rent(height, width);
        var window = new PixelBox(top, _plan.Mirrored ? _plan.Width - left - width : left, height, width);
        Resampling.Resize(_image, _plan.Height, _plan.Width, ResamplingFilter.Bilinear, window, _tile.Bgra, width);
        if (_plan.Mirrored)
        {
            var pixels = MemoryMarshal.Cast<byte, uint>(_tile.Bgra);
            for (int row = 0; row < height; row++)
                pixels.Slice(row * width, width).Reverse();
        }

        return _tile;
    }

    // Planes [class, row, column] to [row, column, class], beside the other tiles of the strip.
    private void Keep(ReadOnlySpan<float> logits, int height, int width, int strip, int column)
    {
        int classes = _scorer.Description.Labels.ClassCount;
        if (_grid is null)
        {
            _grid = new Grid(height, width, _plan.Rows(height, _image.Height), _plan.Columns(width, _image.Width));
            _line = ArrayPool<float>.Shared.Rent(_grid.Columns.SourceLength * _lanes);
        }
        else if ((height, width) != (_grid.Height, _grid.Width))
        {
            throw new InvalidDataException(
                $"{_scorer.Description.Network} gives scores of {height} x {width} for one tile and of {_grid.Height} x {_grid.Width} for another of its size (height x width). " +
                "Export it again.");
        }

        int stride = _grid.Columns.SourceLength * _lanes;
        var scores = _strips[strip] ??= Rent((long)height * stride);
        for (int y = 0; y < height; y++)
        {
            var line = scores.AsSpan((y * stride) + (column * width * _lanes), width * _lanes);
            for (int x = 0; x < width; x++)
            {
                int from = (y * width) + x;
                var pixel = line.Slice(x * _lanes, _lanes);
                for (int id = 0; id < classes; id++)
                    pixel[id] = logits[(id * height * width) + from];
                pixel[classes..].Clear();
            }
        }
    }

    private float[] Rent(long length) => length <= Array.MaxLength
        ? ArrayPool<float>.Shared.Rent((int)length)
        : throw new InvalidDataException(
            $"One row of tiles of an image of {_image.Height} x {_image.Width} pixels (height x width) gives {length} scores, more than an array holds. " +
            "Use smaller tiles, or a file of form 'scoring'.");

    private void Release(int strip)
    {
        if (_strips[strip] is { } scores)
            ArrayPool<float>.Shared.Return(scores);
        _strips[strip] = null;
    }

    // Each pixel is a few of the line's columns, added class by class in vectors.
    private static void Spread(ReadOnlySpan<float> line, LinearMap columns, Span<float> scores, int lanes)
    {
        ref float from = ref MemoryMarshal.GetReference(line), to = ref MemoryMarshal.GetReference(scores);
        for (int x = 0; x < columns.Length; x++)
        {
            ReadOnlySpan<Tap> taps = columns.Of(x);
            for (int lane = 0; lane < lanes; lane += Vector<float>.Count)
            {
                nuint at = (nuint)((x * lanes) + lane);
                var sum = Vector.LoadUnsafe(ref to, at);
                foreach (ref readonly var tap in taps)
                    sum = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref from, (nuint)((tap.Index * lanes) + lane)), Vector.Create((float)tap.Weight), sum);
                sum.StoreUnsafe(ref to, at);
            }
        }
    }
}
