// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Transforms;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

/// <summary>Paths to images, counting how often a file is read.</summary>
internal sealed class CountedImages
{
    private readonly List<MLImage> _made = [];

    public CountedImages(MLContext ml, string folder)
        : this(ml, ml.SemanticSegmentation.Data.Folder(folder))
    {
    }

    /// <param name="ml">The context.</param>
    /// <param name="paths">A view with the column ImagePath.</param>
    public CountedImages(MLContext ml, IDataView paths) => View = new Counting(ml, this).Transform(paths);

    /// <summary>The paths with the column Image.</summary>
    public IDataView View { get; }

    /// <summary>Every image, in the order of reading.</summary>
    public IReadOnlyList<MLImage> Made
    {
        get
        {
            lock (_made)
                return [.. _made];
        }
    }

    public int Decoded => Made.Count;

    private sealed class Counting(IHostEnvironment environment, CountedImages owner) : RowTransformer(environment, "")
    {
        internal override IReadOnlyList<RowInput> Inputs { get; } = [RowInput.Text("path", "ImagePath")];

        internal override IReadOnlyList<RowOutput> Outputs { get; } =
        [
            new RowOutput<MLImage>("Image", new ImageDataViewType(), ["ImagePath"], row =>
            {
                var path = row.Get<ReadOnlyMemory<char>>("ImagePath");
                return () =>
                {
                    var image = MLImage.CreateFromFile(path().ToString());
                    lock (owner._made)
                        owner._made.Add(image);
                    return image;
                };
            }),
        ];

        private protected override void Write(BinaryWriter writer) => throw new NotSupportedException();
    }
}
