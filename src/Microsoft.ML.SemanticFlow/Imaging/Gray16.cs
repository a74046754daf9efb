// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>
/// How a gray PNG of 16 bits a pixel is brought to 8. Training and scoring must do it alike: a model says what it was trained with.
/// </summary>
public enum Gray16
{
    /// <summary>
    /// By its upper 8 bits, as image libraries do: black is 0 and white 65535. An image that holds 12 bits keeps 16 levels of 4096.
    /// </summary>
    Scale,

    /// <summary>
    /// By the image's own range: its least value becomes 0 and its greatest 255, linear and rounded between them; one value alone becomes
    /// 0.
    /// </summary>
    Stretch,
}
