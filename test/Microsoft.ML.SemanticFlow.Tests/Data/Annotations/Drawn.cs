// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data.Annotations;

/// <summary>The pixels that a painter draws, as bytes of 0 and 1, and those of reference data.</summary>
internal static class Drawn
{
    public static byte[] By(int height, int width, Action<Stencil> draw)
    {
        var stencil = new Stencil();
        stencil.Resize(height, width);
        draw(stencil);
        var ids = new byte[height * width];
        stencil.Paint(ids, 1);
        Assert.AreEqual(ids.Sum(id => id), stencil.Count());
        return ids;
    }

    /// <summary>Run lengths, row by row, which begin with a run of zeros.</summary>
    public static byte[] OfRuns(JsonElement runs, int count)
    {
        var ids = new byte[count];
        int at = 0, i = 0;
        foreach (int run in runs.Integers())
        {
            ids.AsSpan(at, run).Fill((byte)(i++ % 2));
            at += run;
        }

        Assert.AreEqual(count, at);
        return ids;
    }
}
