// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Testing;

[TestClass]
public sealed class GoldenFormulaTests
{
    [TestMethod]
    public void Seed_EveryName_EqualsTheVector()
    {
        foreach (var vector in GoldenData.Json("formula.json").GetProperty("fnv1a64").EnumerateObject())
            Assert.AreEqual(Hex(vector.Value.GetString()!), GoldenFormula.Seed(vector.Name), vector.Name);      // the file holds strings only
    }

    [TestMethod]
    public void Bits_EveryStream_EqualTheVector()
    {
        foreach (var vector in GoldenData.Json("formula.json").GetProperty("splitmix64 first z of stream").EnumerateObject())
        {
            ulong seed = GoldenFormula.Seed(vector.Name);

            ulong[] bits = [.. Enumerable.Range(0, vector.Value.GetArrayLength()).Select(i => GoldenFormula.Bits(seed, i))];

            CollectionAssert.AreEqual(vector.Value.EnumerateArray().Select(v => Hex(v.GetString()!)).ToArray(), bits, vector.Name);
        }
    }

    [TestMethod]
    public void Tensor_EveryVector_EqualBitForBit()
    {
        foreach (var vector in GoldenData.Json("formula.json").GetProperty("tensors").EnumerateArray())
        {
            string name = vector.GetProperty("name").GetString()!;
            long[] shape = [.. vector.GetProperty("shape").Integers()];

            float[] values = GoldenFormula.Tensor(name, shape, vector.GetProperty("offset").Number(), vector.GetProperty("scale").Number());

            var first = vector.GetProperty("first8").Numbers();
            CollectionAssert.AreEqual(first, values.Take(first.Length).Select(v => (double)v).ToArray(), name);
            var last = vector.GetProperty("last2").Numbers();
            CollectionAssert.AreEqual(last, values.TakeLast(last.Length).Select(v => (double)v).ToArray(), name);
            Assert.AreEqual(vector.GetProperty("abs_sum_double").Number(), values.Sum(v => Math.Abs((double)v)), 1e-9, name);       // order of summation
        }
    }

    [TestMethod]
    public void Images_OfTheInputs_EqualTheFiles()
    {
        byte[] pair = GoldenFormula.Images("input", 2, 128, 192);
        byte[] odd = GoldenFormula.Images("input", 1, 97, 161);

        CollectionAssert.AreEqual(GoldenData.Bytes("inputs", "input_128x192x3.u8"), pair[..(pair.Length / 2)]);
        CollectionAssert.AreEqual(GoldenData.Bytes("inputs", "input_b2_second_128x192x3.u8"), pair[(pair.Length / 2)..]);
        CollectionAssert.AreEqual(GoldenData.Bytes("inputs", "input_97x161x3.u8"), odd);
    }

    [TestMethod]
    public void Labels_OfTheInputs_EqualTheFile()
    {
        CollectionAssert.AreEqual(GoldenData.Bytes("inputs", "label_2x64x96.u8"), GoldenFormula.Labels("label", 2, 64, 96));
    }

    [TestMethod]
    public void Normalised_OfTheInput_EqualsTheVector()
    {
        var vector = GoldenData.Json("formula.json").GetProperty("images").GetProperty("normalised input 128x192 (NCHW float32)");

        float[] input = GoldenFormula.Normalised(GoldenFormula.Images("input", 1, 128, 192), 1, 128, 192);

        CollectionAssert.AreEqual(vector.GetProperty("first6_of_channel_0").Numbers(), input[..6].Select(v => (double)v).ToArray());
        Assert.AreEqual(vector.GetProperty("x[0,2,100,77]").Number(), input[(2 * 128 + 100) * 192 + 77]);
        Assert.AreEqual(vector.GetProperty("sum_double").Number(), input.Sum(v => (double)v), 1e-8);      // order of summation
    }

    private static ulong Hex(string text) => ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
