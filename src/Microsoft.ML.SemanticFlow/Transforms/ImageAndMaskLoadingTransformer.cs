// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Transforms;
using Microsoft.ML.Transforms.Image;

[assembly: SavedTransformer<ImageAndMaskLoadingTransformer>(ImageAndMaskLoadingTransformer.LoaderSignature)]

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>Reads an image and its label file, whose sizes must agree.</summary>
internal sealed class ImageAndMaskLoadingTransformer : RowTransformer, ISavedTransformer<ImageAndMaskLoadingTransformer>
{
    internal const string LoaderSignature = "SemanticFlowLoadPairs";

    private readonly string _image;
    private readonly string _mask;
    private readonly string _imagePath;
    private readonly string _labelPath;
    private readonly LabelFiles _files;
    private readonly Gray16 _gray16;

    public ImageAndMaskLoadingTransformer(IHostEnvironment environment, string image, string mask, string imagePath, string labelPath, LabelFiles files, Gray16 gray16)
        : base(environment, LoaderSignature)
    {
        (_image, _mask, _imagePath, _labelPath, _files, _gray16) = (image, mask, imagePath, labelPath, files, gray16);
        Inputs = [RowInput.Text("image path", imagePath), RowInput.Text("label path", labelPath) with { IsLabel = true }];
        Outputs =
        [
            new RowOutput<MLImage>(image, new ImageDataViewType(), [imagePath], row =>
            {
                var path = row.Get<ReadOnlyMemory<char>>(imagePath);
                return () => ImageFileLoadingTransformer.Load(path().ToString(), gray16);
            })
            {
                Annotations = _ => ImageAnnotations.Of(gray16),
            },
            new RowOutput<SegmentationMask>(mask, SegmentationMaskDataViewType.Instance, [imagePath, labelPath], row =>
            {
                var path = row.Get<ReadOnlyMemory<char>>(imagePath);
                var label = row.Get<ReadOnlyMemory<char>>(labelPath);
                var read = files.At(row.Row.Schema[labelPath]);
                return () => LoadMask(path().ToString(), label().ToString(), read);
            })
            {
                Annotations = schema =>
                {
                    files.RequireAgreement(schema[labelPath]);
                    return files.Annotations;
                },
            },
        ];
    }

    internal override IReadOnlyList<RowInput> Inputs { get; }

    internal override IReadOnlyList<RowOutput> Outputs { get; }

    public static ImageAndMaskLoadingTransformer Read(IHostEnvironment environment, BinaryReader reader) =>
        new(environment, reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadString(), SavedLabels.ReadFiles(reader), ReadGray16(reader));

    private protected override void Write(BinaryWriter writer)
    {
        foreach (string column in (string[])[_image, _mask, _imagePath, _labelPath])
            writer.Write(column);
        SavedLabels.Write(writer, _files);
        writer.Write((byte)_gray16);
    }

    // Files written before there was a choice end here.
    private static Gray16 ReadGray16(BinaryReader reader) => reader.BaseStream.ReadByte() is >= 0 and var number ? SavedChoice.Of<Gray16>(number) : Gray16.Scale;

    private static SegmentationMask LoadMask(string imagePath, string labelPath, LabelFiles files)
    {
        // The image's header is enough, so a reader of masks alone pays for no decoding.
        var mask = files.Load(labelPath);
        var (height, width) = ImageCodec.ReadSize(imagePath);
        return mask.Height == height && mask.Width == width
            ? mask
            : throw new InvalidDataException(
                $"Image '{imagePath}' is {height} x {width}, its label '{labelPath}' {mask.Height} x {mask.Width} (height x width). Give a label of the image's size.");
    }
}
