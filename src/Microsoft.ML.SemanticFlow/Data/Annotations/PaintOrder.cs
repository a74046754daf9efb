// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Which of two objects that overlap is seen.</summary>
public enum PaintOrder
{
    /// <summary>The later one in the file.</summary>
    File,

    /// <summary>The one of fewer pixels; of two that have as many, the later one in the file.</summary>
    Area,
}
