// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Training.Tests.Trainer;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>The optimisers against TorchSharp's, which is another implementation, on one parameter with random gradients.</summary>
[TestClass]
[DoNotParallelize] // they draw from torch's random source
public sealed class OptimizerTests
{
    private const int Steps = 5;

    [TestMethod]
    [DataRow(typeof(Sgd), 0.9, 0.01)]
    [DataRow(typeof(Sgd), 0.9, 0.0)]
    [DataRow(typeof(Sgd), 0.0, 0.01)]
    [DataRow(typeof(Adam), 0.9, 0.01)]
    [DataRow(typeof(Adam), 0.8, 0.0)]
    [DataRow(typeof(AdamW), 0.9, 0.01)]
    [DataRow(typeof(AdamW), 0.8, 0.0)]
    public void Step_RandomGradientsAndRates_MovesAsTorchSharps(Type kind, double momentum, double decay)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(4);
        var start = randn(3, 4, float64);
        Parameter own = new(start.clone()), theirs = new(start.clone());
        using var optimizer = TinyRun.OptimizerOf(kind, momentum, decay).Create([("w", own)]);
        using optim.Optimizer rival = kind.Name switch
        {
            nameof(Adam) => optim.Adam([theirs], 1, momentum, weight_decay: decay),
            nameof(AdamW) => optim.AdamW([theirs], 1, momentum, weight_decay: decay),
            _ => optim.SGD([theirs], 1, momentum, weight_decay: decay),
        };

        for (int i = 0; i < Steps; i++)
        {
            double rate = 0.1 / (i + 1);
            var gradient = randn(3, 4, float64);
            (own.grad, theirs.grad) = (gradient.clone(), gradient.clone());
            optimizer.Step(_ => rate);
            foreach (var group in rival.ParamGroups)
                group.LearningRate = rate;
            rival.step();

            Assert.IsLessThan(1e-14, (own - theirs).abs().max().item<double>(), $"step {i + 1}");
        }
    }

    [TestMethod]
    [DataRow(typeof(Sgd))]
    [DataRow(typeof(Adam))]
    [DataRow(typeof(AdamW))]
    public void Step_NoGradient_NeitherMovesNorDecays(Type kind)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(2));
        using var optimizer = TinyRun.OptimizerOf(kind, momentum: 0.9, decay: 0.1).Create([("w", parameter)]);
        parameter.grad = ones(2);
        optimizer.ForgetGradients();

        optimizer.Step(_ => 0.1);

        CollectionAssert.AreEqual(new[] { 1f, 1f }, parameter.data<float>().ToArray());
        Assert.IsEmpty(optimizer.Memory.Tensors());
    }
}
