// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>The factor that a loss is multiplied with, as a checkpoint keeps it.</summary>
internal sealed class LossScale
{
    private const string Name = "loss_scale";

    /// <summary>The tensor's name, shape and type.</summary>
    public static (string Name, long[] Shape, ScalarType Type) Expected => (Name, [2], ScalarType.Float64);

    /// <summary>The factor.</summary>
    public double Value { get; set; }

    /// <summary>Steps in a row since it last changed.</summary>
    public int Steps { get; set; }

    /// <summary>Both, as a new tensor in the caller's scope.</summary>
    public KeyValuePair<string, Tensor> ToTensor() => KeyValuePair.Create(Name, tensor(new[] { Value, Steps }));

    /// <summary>Takes over what was saved; without it both stay as they are.</summary>
    /// <param name="find">The tensor of a name, in the caller's scope; null where there is none.</param>
    public void Load(Func<string, Tensor?> find)
    {
        if (find(Name) is { } saved)
            (Value, Steps) = (saved[0].item<double>(), (int)saved[1].item<double>());
    }
}
