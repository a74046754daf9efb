// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Native;

/// <summary>Tensors computed with numbers, right while other threads collect garbage. The one place that makes a <see cref="Scalar"/>.</summary>
/// <remarks>
/// TorchSharp 0.107 hands every number to libtorch as a <see cref="Scalar"/>, the factor 1 of a sum of two tensors too, and keeps none alive
/// during the native call: a collection that another thread causes at that moment frees it, and the call fails or its result is wrong. Here
/// each lives until the call is over. The build forbids the other forms: BannedSymbols.TorchSharp.txt.
/// </remarks>
internal static class TensorArithmetic
{
#pragma warning disable RS0030 // these are held: by a field, and by the member that asks for one
    private static readonly Scalar _zero = 0, _one = 1;

    private static Scalar Hold(long number) => number;

    private static Scalar Hold(double number) => number;
#pragma warning restore RS0030

    extension(Tensor tensor)
    {
        public Tensor Plus(Tensor other) => tensor.add(other, _one);

        public Tensor Plus(long number)
        {
            using var term = Hold(number);
            return tensor.add(term, _one);
        }

        public Tensor PlusInPlace(Tensor other) => tensor.add_(other, _one);

        /// <summary>x + factor · other.</summary>
        public Tensor PlusInPlace(Tensor other, double factor)
        {
            using var alpha = Hold(factor);
            return tensor.add_(other, alpha);
        }

        public Tensor PlusInPlace(double number)
        {
            using var term = Hold(number);
            return tensor.add_(term, _one);
        }

        /// <summary>Counts one up.</summary>
        public Tensor IncrementInPlace() => tensor.add_(_one, _one);

        /// <summary>x + factor · first · second.</summary>
        public Tensor PlusProductInPlace(Tensor first, Tensor second, double factor)
        {
            using var value = Hold(factor);
            return tensor.addcmul_(first, second, value);
        }

        /// <summary>x + factor · dividend / divisor.</summary>
        public Tensor PlusQuotientInPlace(Tensor dividend, Tensor divisor, double factor)
        {
            using var value = Hold(factor);
            return tensor.addcdiv_(dividend, divisor, value);
        }

        /// <summary>1 - x.</summary>
        public Tensor Complement() => tensor.neg().add(_one, _one);

        public Tensor Times(double factor)
        {
            using var target = Hold(factor);
            return tensor.mul(target);
        }

        public Tensor TimesInPlace(double factor)
        {
            using var target = Hold(factor);
            return tensor.mul_(target);
        }

        public Tensor DividedInPlace(double divisor)
        {
            using var target = Hold(divisor);
            return tensor.div_(target);
        }

        public Tensor Power(double exponent)
        {
            using var target = Hold(exponent);
            return tensor.pow(target);
        }

        /// <summary>The larger of x and a number.</summary>
        public Tensor AtLeast(double number)
        {
            using var minimum = Hold(number);
            return tensor.clamp_min(minimum);
        }

        public Tensor IsEqualTo(long number)
        {
            using var target = Hold(number);
            return tensor.eq(target);
        }

        public Tensor IsNotEqualTo(long number)
        {
            using var target = Hold(number);
            return tensor.ne(target);
        }

        public Tensor IsAtMost(double number)
        {
            using var target = Hold(number);
            return tensor.le(target);
        }

        public Tensor IsPositive() => tensor.gt(_zero);

        /// <summary>The tensor with a whole number where the mask is true.</summary>
        public Tensor Filled(Tensor mask, long number)
        {
            using var value = Hold(number);
            return tensor.masked_fill(mask, value);
        }

        /// <summary>The tensor with a number where the mask is true.</summary>
        public Tensor Filled(Tensor mask, double number)
        {
            using var value = Hold(number);
            return tensor.masked_fill(mask, value);
        }

        public Tensor FilledInPlace(Tensor mask, double number)
        {
            using var value = Hold(number);
            return tensor.masked_fill_(mask, value);
        }

        /// <summary>The tensor with each slice of the source added at its index along a dimension.</summary>
        public Tensor PlusAt(long dim, Tensor indices, Tensor source) => tensor.index_add(dim, indices, source, _one);
    }
}
