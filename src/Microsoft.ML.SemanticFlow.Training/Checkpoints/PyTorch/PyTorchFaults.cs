// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

/// <summary>What can be wrong with a PyTorch file, in sentences that name it.</summary>
/// <param name="source">How messages name the file.</param>
internal sealed class PyTorchFaults(string source)
{
    /// <summary>The file is not what <c>torch.save</c> wrote.</summary>
    public InvalidDataException Damaged(string what, Exception? inner = null) =>
        new($"{source} is not a whole PyTorch checkpoint: {what}. Copy or download it again.", inner);

    /// <summary>The pickle names a class or function outside the allow-list.</summary>
    public InvalidDataException Refused(string name) =>
        new(
            $"{source} is refused: it asks Python for '{Excerpt.Of(name)}', which weights do not need; nothing was run. " +
            "Save the weights alone, as torch.save(model.state_dict(), path) does.");

    /// <summary>The file is whole, but its content is of a kind that is not read.</summary>
    public InvalidDataException NotRead(string what, string remedy) => new($"{source} {what}. {remedy}");
}
