// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>The rows of a data set in two parts: those to train on and those to test on.</summary>
/// <example>
/// <code>
/// SegmentationTrainTestData parts = ml.SemanticSegmentation.TrainTestSplit(train, testFraction: 0.3, seed: 1);
/// var (toTrainOn, toTestOn) = parts;
/// </code>
/// </example>
public sealed class SegmentationTrainTestData
{
    internal SegmentationTrainTestData(IDataView trainSet, IDataView testSet) =>
        (TrainSet, TestSet) = (trainSet, testSet);

    /// <summary>The rows to train on.</summary>
    public IDataView TrainSet { get; }

    /// <summary>The others.</summary>
    public IDataView TestSet { get; }

    /// <summary>Takes the two parts apart.</summary>
    /// <param name="trainSet">The rows to train on.</param>
    /// <param name="testSet">The others.</param>
    public void Deconstruct(out IDataView trainSet, out IDataView testSet) => (trainSet, testSet) = (TrainSet, TestSet);
}
