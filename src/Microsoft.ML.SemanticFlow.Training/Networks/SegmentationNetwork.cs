// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.CompilerServices;
using Microsoft.ML.SemanticFlow.Networks.Backbones;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Onnx;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks;

/// <summary>What a network gives for a batch of images, at the resolution of its head.</summary>
/// <param name="Main">Logits, [N, K, h, w].</param>
/// <param name="Auxiliary">Logits of the deep-supervision heads, coarse to fine; empty in evaluation mode and for networks without.</param>
internal readonly record struct NetworkOutput(Tensor Main, IReadOnlyList<Tensor> Auxiliary);

/// <summary>The contract of every network: normalised RGB images [N, 3, H, W], H and W at least 32, to class scores.</summary>
/// <remarks>The network never sees labels or losses. State-dict names are the original's.</remarks>
internal abstract class SegmentationNetwork : Module<Tensor, Tensor>
{
    // Boxed, for TorchSharp registers every field that is a module under the field's name; the constructor registers this one.
    private readonly StrongBox<Backbone> _backbone;

    protected SegmentationNetwork(string name, Backbone backbone, int classCount) : base(name)
    {
        _backbone = new StrongBox<Backbone>(backbone);
        ClassCount = classCount;
        if (!backbone.IsInlined) register_module("backbone", backbone);
        else foreach (var (stage, module) in backbone.named_children()) register_module(stage, module);
    }

    public int ClassCount { get; }

    /// <summary>Images to a pyramid of features.</summary>
    public Backbone Backbone => _backbone.Value!;      // never null: the constructor boxes it

    /// <summary>A pyramid of features, fine to coarse, to scores.</summary>
    protected abstract NetworkOutput RunHead(Tensor[] features);

    /// <summary>Scores at the head's resolution, before the last enlargement.</summary>
    public NetworkOutput Predict(Tensor images)
    {
        using var scope = NewDisposeScope();
        var output = RunHead(Backbone.call(images));
        scope.MoveToOuter([output.Main, .. output.Auxiliary]);
        return output;
    }

    /// <summary>Writes what <see cref="Predict"/> does in evaluation mode: an image to scores at the head's resolution.</summary>
    public OnnxValue Emit(GraphBuilder graph, OnnxValue image) => EmitHead(graph, Backbone.Emit(graph, image));

    /// <summary>Writes what <see cref="RunHead"/> does in evaluation mode.</summary>
    protected abstract OnnxValue EmitHead(GraphBuilder graph, OnnxValue[] features);

    /// <summary>Scores at the images' size: [N, 3, H, W] to [N, K, H, W].</summary>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Warp.Resize(Predict(images).Main, images.shape[2..]).MoveToOuterDisposeScope();
    }
}
