// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Transforms;
using Microsoft.ML.Transforms.Image;

[assembly: SavedTransformer<PaintingTransformer>(PaintingTransformer.LoaderSignature)]

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>Draws a mask in its label map's colours, alone or over its image.</summary>
internal sealed class PaintingTransformer : RowTransformer, ISavedTransformer<PaintingTransformer>
{
    internal const string LoaderSignature = "SemanticFlowPaint";

    private readonly string _output;
    private readonly string _mask;
    private readonly string? _image;
    private readonly double _opacity;

    public PaintingTransformer(IHostEnvironment environment, string output, string mask, string? image, double opacity)
        : base(environment, LoaderSignature)
    {
        (_output, _mask, _image, _opacity) = (output, mask, image, opacity);
        Inputs = image is null ? [RowInput.Mask("mask", mask)] : [RowInput.Mask("mask", mask), RowInput.Image("image", image)];
        Outputs = [new RowOutput<MLImage>(output, new ImageDataViewType(), image is null ? [mask] : [mask, image], row =>
        {
            var ids = row.Get<SegmentationMask?>(mask);
            var below = image is null ? null : row.Get<MLImage?>(image);
            var labels = MaskAnnotations.TryGet(row.Row.Schema[mask]);
            return () => ids() is { } found ? Paint(found, below, labels) : null;
        })];
    }

    internal override IReadOnlyList<RowInput> Inputs { get; }

    internal override IReadOnlyList<RowOutput> Outputs { get; }

    public static PaintingTransformer Read(IHostEnvironment environment, BinaryReader reader) =>
        new(environment, reader.ReadString(), reader.ReadString(), reader.ReadString() is { Length: > 0 } image ? image : null, reader.ReadDouble());

    private protected override void Write(BinaryWriter writer)
    {
        writer.Write(_output);
        writer.Write(_mask);
        writer.Write(_image ?? "");
        writer.Write(_opacity);
    }

    private MLImage? Paint(SegmentationMask mask, Func<MLImage?>? below, LabelMap? labels)
    {
        var palette = ColorPalette.ForTrainIds(mask.Labels ?? labels);
        if (below is null)
            return MLImageConversion.ToMLImage(MaskPixels.Colorize(mask.Ids, mask.Height, mask.Width, palette));
        if (below() is not { } image)
            return null;
        if (image.Height != mask.Height || image.Width != mask.Width)
            throw new InvalidDataException(
                $"The mask in '{_mask}' is {mask.Height} x {mask.Width}, " +
                $"the image in '{_image}' {image.Height} x {image.Width}{(image.Tag is { Length: > 0 } path ? $" ('{path}')" : "")}. Resize one to the other.");
        using var pixels = MLImageConversion.ToPixels(image, rent: true);
        return MLImageConversion.ToMLImage(MaskPixels.Overlay(pixels, mask.Ids, palette, _opacity));
    }
}
