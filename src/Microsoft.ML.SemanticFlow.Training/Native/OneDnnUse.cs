// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How training uses oneDNN, libtorch's library of convolutions.</summary>
public enum OneDnnUse
{
    /// <summary>As libtorch sets it up.</summary>
    Unchanged,

    /// <summary>With its default cache sizes, because the processor does not tell its caches and oneDNN would take them for empty.</summary>
    DefaultCaches,

    /// <summary>Not at all, for the same reason, where its cache sizes cannot be corrected. Training takes about twice as long, and bfloat16 is no gain.</summary>
    Off,
}
