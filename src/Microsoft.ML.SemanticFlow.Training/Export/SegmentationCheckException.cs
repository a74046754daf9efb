// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A model that was made does not give the scores of what it was made of; it is not handed out and no file is written.</summary>
/// <example>
/// <code>
/// try
/// {
///     using var half = ml.SemanticSegmentation.ConvertToFloat16(segmenter);
/// }
/// catch (SegmentationCheckException e)
/// {
///     Console.Error.WriteLine($"{e.Message} {e.Verification}");       // the file would not give the network's scores, and is not written
/// }
/// </code>
/// </example>
[SuppressMessage("Design", "CA1032", Justification = "Only the checks of this library throw it.")]
public sealed class SegmentationCheckException : InvalidOperationException
{
    internal SegmentationCheckException(string message, ExportVerification? verification, Exception? innerException = null)
        : base(message, innerException) => Verification = verification;

    /// <summary>How far the scores lie apart; null where they cannot be compared: one side gives no numbers, or another count of them.</summary>
    public ExportVerification? Verification { get; }
}
