// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Evaluation.Measures;

/// <summary>Sees more in an image than its confusion matrix does, and keeps it as whole numbers: those of images add, in any order.</summary>
internal abstract class ImageMeasure
{
    /// <summary>How many numbers it keeps, of an image as of all.</summary>
    public abstract int Length { get; }

    /// <summary>Measures an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="numbers"><see cref="Length"/> zeros, to be filled. None may come to less than 0, or to more than the image's pixels times 2^40.</param>
    public abstract void Measure(in MeasuredImage image, Span<Int128> numbers);
}
