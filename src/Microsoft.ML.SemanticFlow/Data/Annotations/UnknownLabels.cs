// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What becomes of an object whose label is none of the classes.</summary>
public enum UnknownLabels
{
    /// <summary>Its image cannot be used; the fault names all such labels of the image.</summary>
    Refuse,

    /// <summary>It is painted as ignored: id 255.</summary>
    Ignore,

    /// <summary>It is not painted. A pixel of a mask is ignored.</summary>
    Skip,
}
