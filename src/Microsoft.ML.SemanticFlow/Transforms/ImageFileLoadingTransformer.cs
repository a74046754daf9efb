// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Transforms;
using Microsoft.ML.Transforms.Image;

[assembly: SavedTransformer<ImageFileLoadingTransformer>(ImageFileLoadingTransformer.LoaderSignature)]

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>Reads image files: a path becomes an image. An empty path gives none.</summary>
internal sealed class ImageFileLoadingTransformer(IHostEnvironment environment, string outputColumn, string pathColumn, Gray16 gray16)
    : RowTransformer(environment, LoaderSignature), ISavedTransformer<ImageFileLoadingTransformer>
{
    internal const string LoaderSignature = "SemanticFlowLoadImages";

    internal override IReadOnlyList<RowInput> Inputs { get; } = [RowInput.Text("image path", pathColumn)];

    internal override IReadOnlyList<RowOutput> Outputs { get; } =
    [
        new RowOutput<MLImage>(outputColumn, new ImageDataViewType(), [pathColumn], row =>
        {
            var path = row.Get<ReadOnlyMemory<char>>(pathColumn);
            return () => path() is { IsEmpty: false } file ? Load(file.ToString(), gray16) : null;
        })
        {
            Annotations = _ => ImageAnnotations.Of(gray16),
        },
    ];

    public static ImageFileLoadingTransformer Read(IHostEnvironment environment, BinaryReader reader) =>
        new(environment, reader.ReadString(), reader.ReadString(), SavedChoice.Of<Gray16>(reader.ReadByte()));

    /// <summary>Reads one file; the image's tag is its path.</summary>
    public static MLImage Load(string path, Gray16 gray16)
    {
        using var pixels = ImageCodec.Decode(path, rent: true, gray16: gray16);
        var image = MLImageConversion.ToMLImage(pixels);
        image.Tag = path;
        return image;
    }

    private protected override void Write(BinaryWriter writer)
    {
        writer.Write(outputColumn);
        writer.Write(pathColumn);
        writer.Write((byte)gray16);
    }
}
