// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How a picture for people is encoded. Ids and confidence are numbers, and always PNG: a JPEG would change them.</summary>
public enum PictureFormat
{
    /// <summary>PNG: every pixel as it was painted.</summary>
    Png,

    /// <summary>JPEG, at quality 90 and with its colours at full resolution: smaller over photographs.</summary>
    Jpeg,
}
