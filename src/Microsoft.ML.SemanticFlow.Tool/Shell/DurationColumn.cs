// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Display;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>A time beside a progress bar, with days; Spectre's own columns end at 99 hours.</summary>
internal sealed class DurationColumn(Func<ProgressTask, TimeSpan?> time) : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Spectre.Console.Text(TextOf(time(task)));

    internal static string TextOf(TimeSpan? time) => time is { } known ? DurationText.Of(known) : "--:--:--";
}
