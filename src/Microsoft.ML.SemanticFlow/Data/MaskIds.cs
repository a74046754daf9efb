// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Which ids a mask file holds.</summary>
public enum MaskIds
{
    /// <summary>The ids of the label files, as the label map's raw_id column lists them.</summary>
    Raw,

    /// <summary>The 0-based ids that networks learn and predict; 255 where nothing counts.</summary>
    Train,

    /// <summary>No ids: RGB pixels in the colours of the label map, exactly. Files are PNG.</summary>
    Color,
}
