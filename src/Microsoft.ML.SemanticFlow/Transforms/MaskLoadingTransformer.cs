// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Transforms;

[assembly: SavedTransformer<MaskLoadingTransformer>(MaskLoadingTransformer.LoaderSignature)]

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>Reads label files: a path becomes a mask of train ids. An empty path gives no mask.</summary>
internal sealed class MaskLoadingTransformer(IHostEnvironment environment, string outputColumn, string pathColumn, LabelFiles files)
    : RowTransformer(environment, LoaderSignature), ISavedTransformer<MaskLoadingTransformer>
{
    internal const string LoaderSignature = "SemanticFlowLoadMasks";

    internal override IReadOnlyList<RowInput> Inputs { get; } = [RowInput.Text("label path", pathColumn) with { IsLabel = true }];

    internal override IReadOnlyList<RowOutput> Outputs { get; } =
    [
        new RowOutput<SegmentationMask>(outputColumn, SegmentationMaskDataViewType.Instance, [pathColumn], row =>
        {
            var path = row.Get<ReadOnlyMemory<char>>(pathColumn);
            var read = files.At(row.Row.Schema[pathColumn]);
            return () => path() is { IsEmpty: false } file ? read.Load(file.ToString()) : null;
        })
        {
            Annotations = schema =>
            {
                files.RequireAgreement(schema[pathColumn]);
                return files.Annotations;
            },
        },
    ];

    public static MaskLoadingTransformer Read(IHostEnvironment environment, BinaryReader reader) =>
        new(environment, reader.ReadString(), reader.ReadString(), SavedLabels.ReadFiles(reader));

    private protected override void Write(BinaryWriter writer)
    {
        writer.Write(outputColumn);
        writer.Write(pathColumn);
        SavedLabels.Write(writer, files);
    }
}
