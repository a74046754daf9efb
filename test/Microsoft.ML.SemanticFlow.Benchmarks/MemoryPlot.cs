// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Net;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>Memory over steps as an SVG: resident, its peak so far, and the managed part.</summary>
internal static class MemoryPlot
{
    private const int Width = 860, Height = 440, Left = 80, Right = 150, Top = 50, Bottom = 60;

    private static readonly (string Name, string Color, Func<MemoryRow, double> Of)[] _curves =
    [
        ("peak so far", "#b0b0b0", row => row.Peak),
        ("resident", "#1f5fa8", row => row.Resident),
        ("managed heap", "#c8641e", row => row.Managed),
    ];

    public static string Draw(string title, IReadOnlyList<MemoryRow> rows)
    {
        double mostMemory = NiceCeiling(rows.Max(row => row.Peak)), mostSteps = NiceCeiling(rows[^1].Step);
        double X(double step) => Left + step / mostSteps * (Width - Left - Right);
        double Y(double memory) => Height - Bottom - memory / mostMemory * (Height - Top - Bottom);

        var svg = new StringBuilder();
        void Add(FormattableString element) => svg.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');
        void Text(double x, double y, string anchor, int size, string text) =>
            Add($"""<text x="{x:f1}" y="{y:f1}" text-anchor="{anchor}" font-size="{size}">{WebUtility.HtmlEncode(text)}</text>""");

        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" font-family="sans-serif" fill="#202020">""");
        Add($"""<rect width="{Width}" height="{Height}" fill="white"/>""");
        Text(Left, 28, "start", 16, title);
        for (int tick = 0; tick <= 5; tick++)
        {
            double memory = mostMemory * tick / 5, step = mostSteps * tick / 5;
            Add($"""<line x1="{Left}" x2="{Width - Right}" y1="{Y(memory):f1}" y2="{Y(memory):f1}" stroke="#e4e4e4"/>""");
            Text(Left - 8, Y(memory) + 4, "end", 12, memory.ToString("n0", CultureInfo.InvariantCulture));
            Text(X(step), Height - Bottom + 20, "middle", 12, step.ToString("n0", CultureInfo.InvariantCulture));
        }

        Add($"""<path d="M{Left} {Top}V{Height - Bottom}H{Width - Right}" fill="none" stroke="#606060"/>""");
        Text((Left + Width - Right) / 2.0, Height - 14, "middle", 13, "optimiser steps");
        Add($"""<text transform="translate(20 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle" font-size="13">memory, MiB</text>""");
        foreach (var (index, (name, color, of)) in _curves.Index())
        {
            string points = string.Join(' ', rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{X(row.Step):f1},{Y(of(row)):f1}")));
            Add($"""<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>""");
            Add($"""<line x1="{Width - Right + 14}" x2="{Width - Right + 34}" y1="{Top + 20 + 22 * index}" y2="{Top + 20 + 22 * index}" stroke="{color}" stroke-width="3"/>""");
            Text(Width - Right + 40, Top + 24 + 22 * index, "start", 12, name);
        }

        return svg.Append("</svg>\n").ToString();
    }

    // The next of 1, 2, 2.5, 5 times a power of ten, whose fifths are round too.
    private static double NiceCeiling(double value)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(value, 1))));
        return new[] { 1, 2, 2.5, 5, 10 }.Select(factor => factor * power).First(nice => nice >= value);
    }
}
