// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Distributed;

/// <summary>When which gradients are summed.</summary>
[TestClass]
[DoNotParallelize]
public sealed class GradientBucketsTests
{
    // Four parameters of 100 floats: two fill a piece of 800 bytes.
    private const int Values = 100, BytesOfTwo = 800;

    [TestMethod]
    public void Finish_FirstStep_SumsFromTheLastLayerToTheFirst()
    {
        using var scope = NewDisposeScope();
        var (parameters, told, buckets) = Make();
        foreach (int i in (int[])[0, 1, 2, 3])
            Give(parameters[i], i);

        buckets.Finish();

        Assert.AreEqual(2, buckets.Count);
        CollectionAssert.AreEqual(new[] { 3f, 2f, 1f, 0f }, told.Sums);
        CollectionAssert.AreEqual(new[] { 0f, 2f, 4f, 6f }, parameters.Select(ValueOf).ToArray()); // the fake doubles
    }

    [TestMethod]
    public void Advance_WhileGradientsCome_BeginsOnlyWhatIsComplete()
    {
        using var scope = NewDisposeScope();
        var (parameters, told, buckets) = Make();
        buckets.Begin();
        Give(parameters[3], 3);
        buckets.Advance();
        CollectionAssert.AreEqual(Array.Empty<float>(), told.Sums);

        Give(parameters[2], 2);
        buckets.Advance();
        CollectionAssert.AreEqual(new[] { 3f, 2f }, told.Sums);

        Give(parameters[0], 0);
        buckets.Advance();
        CollectionAssert.AreEqual(new[] { 3f, 2f }, told.Sums);
        Give(parameters[1], 1);
        buckets.Finish();
        CollectionAssert.AreEqual(new[] { 3f, 2f, 1f, 0f }, told.Sums);
    }

    [TestMethod]
    public void Advance_SecondStep_FollowsTheOrderInWhichGradientsCame()
    {
        using var scope = NewDisposeScope();
        var (parameters, told, buckets) = Make();
        int[] order = [1, 3, 0, 2];
        for (int step = 0; step < 2; step++)
        {
            told.Sums.Clear();
            foreach (var parameter in parameters)
                parameter.grad = null;
            buckets.Begin();
            foreach (int i in order)
            {
                Give(parameters[i], i);
                buckets.Advance();
            }

            buckets.Finish();
        }

        CollectionAssert.AreEqual(order, buckets.Order.ToArray());
        CollectionAssert.AreEqual(new[] { 1f, 3f, 0f, 2f }, told.Sums);
    }

    // Batches before the last have left gradients: nothing says when the last one's are there.
    [TestMethod]
    public void Advance_WithoutBegin_WaitsForTheEnd()
    {
        using var scope = NewDisposeScope();
        var (parameters, told, buckets) = Make();
        foreach (int i in (int[])[0, 1, 2, 3])
            Give(parameters[i], i);

        buckets.Advance();

        Assert.IsEmpty(told.Sums);
        buckets.Finish();
        Assert.HasCount(4, told.Sums);
    }

    [TestMethod]
    public void Finish_ParameterWithoutGradient_StaysWithout()
    {
        using var scope = NewDisposeScope();
        var (parameters, _, buckets) = Make();
        Give(parameters[0], 5);

        buckets.Finish();

        Assert.AreEqual(10f, ValueOf(parameters[0]));
        Assert.IsNull(parameters[1].grad);
    }

    private static (Parameter[] Parameters, Told Told, GradientBuckets Buckets) Make()
    {
        Parameter[] parameters = [.. Enumerable.Range(0, 4).Select(_ => new Parameter(zeros(Values)))];
        var told = new Told();
        return (parameters, told, new GradientBuckets(parameters, told, BytesOfTwo, GradientWire.Full));
    }

    private static void Give(Parameter parameter, float value) => parameter.grad = full(Values, value, ScalarType.Float32);

    private static float ValueOf(Parameter parameter) => parameter.grad![0].item<float>(); // given before

    /// <summary>Two processes that have the same: a sum is twice the values. Remembers the first value of each gradient in a sum.</summary>
    private sealed class Told : Collective
    {
        public List<float> Sums { get; } = [];

        public override int Rank => 0;

        public override int Size => 2;

        public override string Name => "told";

        public override void Sum(Span<double> values) => throw new NotSupportedException();

        public override void Sum(Span<long> values) => throw new NotSupportedException();

        public override void Sum(Span<float> values)
        {
            for (int i = 0; i < values.Length; i++)
            {
                if (i % Values == 0)
                    Sums.Add(values[i]);
                values[i] *= 2;
            }
        }

        public override void Broadcast(Span<byte> bytes)
        {
        }

        public override void Exchange(ReadOnlySpan<byte> send, Span<byte> receive) => throw new NotSupportedException();

        public override void Gather(ReadOnlySpan<byte> own, Span<byte> all) => throw new NotSupportedException();

        public override void Barrier()
        {
        }
    }
}
