// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What becomes of pixels that no object covers.</summary>
public enum AnnotationBackground
{
    /// <summary>They are a class, background, where the format has one or none is named.</summary>
    Class,

    /// <summary>They are ignored: id 255. So are pixels that a mask gives to the class background.</summary>
    Ignore,
}
