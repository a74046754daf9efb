// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>The rows of a data set in two parts: those to train on and those to test on.</summary>
/// <param name="TrainSet">The rows to train on.</param>
/// <param name="TestSet">The others.</param>
public sealed record SegmentationTrainTestData(IDataView TrainSet, IDataView TestSet);
