// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>Pairs of <c>--name value</c>.</summary>
internal sealed class BenchmarkOptions(string[] arguments)
{
    public string Text(string name, string otherwise)
    {
        int at = Array.IndexOf(arguments, "--" + name);
        return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : otherwise;
    }

    public int Number(string name, int otherwise) => int.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}
