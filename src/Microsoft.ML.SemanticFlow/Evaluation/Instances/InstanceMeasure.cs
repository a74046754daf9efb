// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow.Evaluation.Instances;

/// <summary>How much of each instance was found, so that a small one counts as much as a large one.</summary>
internal sealed class InstanceMeasure : ImageMeasure
{
    // Of a class: its instances, the sum of their shares predicted as the class, and of those predicted as its category.
    private const int PerClass = 3;

    private sealed class Instance
    {
        public int Size;
        public int Hit;
        public int OfCategory;
    }

    public override int Length => PerClass * CityscapesClass.All.Count;

    public override void Measure(in MeasuredImage image, Span<Int128> numbers)
    {
        if (image.Instances.IsEmpty)
            throw new ArgumentException($"Instances are measured, and those{image.What} are not given. Pass them as evidence.");
        var found = new Dictionary<int, Instance>();
        for (int i = 0; i < image.Instances.Length; i++)
        {
            int id = image.Instances[i];
            if (id <= CityscapesClass.InstanceFactor)
                continue;
            int actual = id / CityscapesClass.InstanceFactor;
            if (actual >= CityscapesClass.All.Count)
                throw new InvalidDataException(
                    $"The instances{image.What} hold id {id} at row {i / image.Width}, column {i % image.Width}; class {actual} is none of Cityscapes. Check the file.");
            ref var instance = ref CollectionsMarshal.GetValueRefOrAddDefault(found, id, out _);
            instance ??= new Instance();
            instance.Size++;
            byte predicted = image.Prediction[i];
            if (predicted == actual)
                instance.Hit++;
            if (predicted != LabelMap.IgnoreId && CityscapesClass.All[predicted].Category == CityscapesClass.All[actual].Category)
                instance.OfCategory++;
        }

        foreach (var (id, instance) in found)
        {
            var of = numbers.Slice(PerClass * (id / CityscapesClass.InstanceFactor), PerClass);
            of[0]++;
            of[1] += FixedPoint.OfRatio(instance.Hit, instance.Size);
            of[2] += FixedPoint.OfRatio(instance.OfCategory, instance.Size);
        }
    }

    /// <summary>The instances of a class: how many, and the sums of their shares that were found as the class and as its category.</summary>
    public static (double Count, double Hit, double OfCategory) Read(ReadOnlySpan<Int128> numbers, int id)
    {
        var of = numbers.Slice(PerClass * id, PerClass);
        return ((double)of[0], FixedPoint.ToDouble(of[1]), FixedPoint.ToDouble(of[2]));
    }
}
