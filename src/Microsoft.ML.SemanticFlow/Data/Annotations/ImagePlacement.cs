// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How images come into the folder that is written.</summary>
public enum ImagePlacement
{
    /// <summary>As symbolic links to where they lie; as copies where the disk takes no links.</summary>
    Link,

    /// <summary>As copies.</summary>
    Copy,
}
