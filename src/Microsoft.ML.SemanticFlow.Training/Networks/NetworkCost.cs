// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What a network costs to keep and to run.</summary>
/// <example>
/// <code>
/// NetworkCost cost = SegmentationNetworks.SFNetDF1.CountCost(classCount: 19, height: 1024, width: 2048);
/// Console.WriteLine($"{cost.Parameters / 1e6:f2} M parameters");     // prints 8.42 M parameters
/// </code>
/// </example>
public sealed class NetworkCost
{
    internal NetworkCost(long parameters, long multiplyAccumulates) =>
        (Parameters, MultiplyAccumulates) = (parameters, multiplyAccumulates);

    /// <summary>Learnt numbers, those included that only the original's state dict needs or training uses.</summary>
    public long Parameters { get; }

    /// <summary>Of the convolutions when one image is scored; twice as many floating-point operations.</summary>
    public long MultiplyAccumulates { get; }
}
