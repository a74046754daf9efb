// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Transforms;
using Microsoft.ML.Transforms.Image;

[assembly: SavedTransformer<ResizingTransformer>(ResizingTransformer.LoaderSignature)]

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>Brings images (bilinear, antialiased when shrinking) and masks (nearest) to one size, in place.</summary>
internal sealed class ResizingTransformer : RowTransformer, ISavedTransformer<ResizingTransformer>
{
    internal const string LoaderSignature = "SemanticFlowResize";

    private readonly int _height;
    private readonly int _width;
    private readonly string? _image;
    private readonly string? _mask;

    public ResizingTransformer(IHostEnvironment environment, int height, int width, string? image, string? mask)
        : base(environment, LoaderSignature)
    {
        (_height, _width, _image, _mask) = (height, width, image, mask);
        List<RowInput> inputs = [];
        List<RowOutput> outputs = [];
        if (image is not null)
        {
            inputs.Add(RowInput.Image("image", image));
            outputs.Add(new RowOutput<MLImage>(image, new ImageDataViewType(height, width), [image], row =>
            {
                var source = row.Get<MLImage?>(image);
                return () => source() is { } found ? Resize(found) : null;
            }));
        }

        if (mask is not null)
        {
            inputs.Add(RowInput.Mask("mask", mask) with { IsLabel = image is not null });
            outputs.Add(new RowOutput<SegmentationMask>(mask, SegmentationMaskDataViewType.Instance, [mask], row =>
            {
                var source = row.Get<SegmentationMask?>(mask);
                return () => source() is { } found ? Resize(found) : null;
            })
            {
                Annotations = schema => schema[mask].Annotations,
            });
        }

        (Inputs, Outputs) = (inputs, outputs);
    }

    internal override IReadOnlyList<RowInput> Inputs { get; }

    internal override IReadOnlyList<RowOutput> Outputs { get; }

    public static ResizingTransformer Read(IHostEnvironment environment, BinaryReader reader)
    {
        int height = reader.ReadInt32(), width = reader.ReadInt32();
        return new ResizingTransformer(environment, height, width, Name(), Name());

        string? Name() => reader.ReadString() is { Length: > 0 } name ? name : null;
    }

    private protected override void Write(BinaryWriter writer)
    {
        writer.Write(_height);
        writer.Write(_width);
        writer.Write(_image ?? "");
        writer.Write(_mask ?? "");
    }

    private MLImage Resize(MLImage image)
    {
        using var pixels = MLImageConversion.ToPixels(image, rent: true);
        using var resized = Resampling.ResizeRented(pixels, _height, _width, ResamplingFilter.Bilinear);
        var result = MLImageConversion.ToMLImage(resized);
        result.Tag = image.Tag;
        return result;
    }

    private SegmentationMask Resize(SegmentationMask mask) =>
        SegmentationMask.Adopt(_height, _width, Resampling.Nearest(mask.Ids, mask.Height, mask.Width, _height, _width), mask.Labels);
}
