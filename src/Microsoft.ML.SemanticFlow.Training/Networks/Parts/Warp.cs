// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>Moves feature maps between grids. The one place with corner conventions.</summary>
/// <remarks>The centres of corner pixels stay corners (align_corners): the published weights were trained so.</remarks>
internal static class Warp
{
    /// <summary>Bilinear resize to <paramref name="size"/> = [H, W].</summary>
    public static Tensor Resize(Tensor x, long[] size) =>
        functional.interpolate(x, size: size, mode: InterpolationMode.Bilinear, align_corners: true);

    /// <summary>Samples <paramref name="x"/> [N,C,h,w] at every cell of the flow's grid, moved by <paramref name="flow"/> [N,2,H,W], x then y.</summary>
    /// <remarks>
    /// Positions run from -1 to 1 over the grid, plus flow / (W, H); outside is zero. Upstream: so a flow of 1 moves by about half an
    /// output cell, not by one; the published weights expect it. Positions are float32 at least: bfloat16 would round them by a third
    /// of a cell on a grid 80 wide.
    /// </remarks>
    public static Tensor ByFlow(Tensor x, Tensor flow)
    {
        long height = flow.size(2), width = flow.size(3);
        var precision = flow.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var ys = linspace(-1, 1, height, ScalarType.Float32, x.device).to(precision).view(1, height, 1, 1).expand(1, height, width, 1);
        var xs = linspace(-1, 1, width, ScalarType.Float32, x.device).to(precision).view(1, 1, width, 1).expand(1, height, width, 1);
        var size = tensor(new float[] { width, height }, precision, x.device);
        var positions = cat([xs, ys], dim: 3).Plus(flow.to(precision).permute(0, 2, 3, 1) / size);     // [N,H,W,2]
        return functional.grid_sample(x.to(precision), positions, GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, align_corners: true).to(x.dtype);
    }
}
