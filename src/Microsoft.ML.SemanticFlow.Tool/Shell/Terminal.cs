// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Text.Json;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Display;
using Spectre.Console;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>Where a command writes: results to <see cref="Output"/>, all else to <see cref="Error"/>.</summary>
/// <remarks>On a terminal, progress is drawn as bars; redirected, it is plain lines without escape sequences.</remarks>
internal sealed class Terminal(TextWriter output, TextWriter error, bool interactive)
{
    /// <summary>Results. One that cannot be written ends the command.</summary>
    public TextWriter Output { get; } = new StandardStream(output, "Standard output");

    /// <summary>All else. What cannot be written is lost.</summary>
    public TextWriter Error { get; } = new StandardStream(error, name: null);

    /// <summary>Whether there are bars for progress, instead of a line now and then.</summary>
    public bool HasBars => interactive && !IsQuiet;

    /// <summary>Whether progress is not shown. All else is: results, warnings, what was skipped.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>The time between two lines of progress, where there are no bars.</summary>
    public TimeSpan LineInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Columns of a page of text.</summary>
    public int Columns { get; init; } = 100;

    /// <summary>Columns that a picture may take: broken lines make rubbish of it, so it has no more than the terminal.</summary>
    public int PictureColumns { get; init; }

    /// <summary>Lines that a picture may take.</summary>
    public int Lines { get; init; }

    /// <summary>Whether results go to a terminal that shows pictures.</summary>
    public bool ShowsPictures { get; init; }

    public bool Verbose { get; set; }

    /// <summary>Shows a picture among the results, where the terminal can.</summary>
    public void Show(SegmentationPicture picture)
    {
        if (ShowsPictures)
            output.Write(HalfBlocks.Of(picture, PictureColumns, Lines)); // past Output, which lets no escape sequence through
    }

    /// <summary>A terminal that shows nothing, for a process that works with others of which one speaks for all.</summary>
    public Terminal Muted() => new(TextWriter.Null, TextWriter.Null, interactive: false) { Columns = Columns, IsQuiet = true };

    /// <summary>Runs work of a known size and shows how far it is and how long it takes yet.</summary>
    /// <param name="title">What is done, as in "evaluating".</param>
    /// <param name="total">Items in all.</param>
    /// <param name="work">The work; it calls what it is given after each item, from any thread.</param>
    public void Track(string title, int total, Action<Action> work)
    {
        if (HasBars)
        {
            Bars().Start(context =>
            {
                var bar = context.AddTask(title, maxValue: total);
                work(() => bar.Increment(1));
            });
            return;
        }

        var clock = Stopwatch.StartNew();
        var next = LineInterval;
        int done = 0;
        object gate = new();
        work(() =>
        {
            lock (gate)
            {
                done++;
                if (IsQuiet || done < total && clock.Elapsed < next)
                    return;
                next = clock.Elapsed + LineInterval;
                var left = clock.Elapsed * ((double)(total - done) / done);
                Error.WriteLine(done < total ? $"{title}: {done} of {total}, {DurationText.Of(left)} left" : $"{title}: {total} of {total} in {DurationText.Of(clock.Elapsed)}");
            }
        });
    }

    /// <summary>Runs work whose length nobody knows, and shows that it goes on.</summary>
    /// <param name="title">What is done, as in "importing".</param>
    /// <param name="work">The work.</param>
    public T Wait<T>(string title, Func<T> work)
    {
        if (HasBars)
        {
            T? result = default;
            Bars().Start(context =>
            {
                context.AddTask(title).IsIndeterminate = true;
                result = work();
            });
            return result!; // Start has run the work to its end
        }

        if (IsQuiet)
            return work();
        var clock = Stopwatch.StartNew();
        using var now = new Timer(_ => Error.WriteLine($"{title}: {DurationText.Of(clock.Elapsed)}"), null, LineInterval, LineInterval);
        return work();
    }

    /// <summary>Runs work of several phases and shows how far each is.</summary>
    /// <param name="work">The work; it calls what it is given with the phase, what is done of it and of how much.</param>
    public T Follow<T>(Func<Action<string, int, int>, T> work)
    {
        if (HasBars)
        {
            T? result = default;
            Bars().Start(context =>
            {
                var bars = new Dictionary<string, ProgressTask>();
                result = work((phase, done, total) =>
                {
                    if (!bars.TryGetValue(phase, out var bar))
                        bars.Add(phase, bar = context.AddTask(phase, maxValue: total));
                    bar.MaxValue = total;
                    bar.Value = done;
                });
            });
            return result!; // Start has run the work to its end
        }

        var clock = Stopwatch.StartNew();
        var next = LineInterval;
        var starts = new Dictionary<string, TimeSpan>();
        return work((phase, done, total) =>
        {
            var now = clock.Elapsed;
            starts.TryAdd(phase, now);
            if (IsQuiet || done < total && now < next)
                return;
            next = now + LineInterval;
            string left = done > 0 && done < total ? $", {DurationText.Of((now - starts[phase]) * ((double)(total - done) / done))} left" : "";
            Error.WriteLine($"{phase}: {done} of {total}{left}");
        });
    }

    /// <summary>Writes a result for machines.</summary>
    public void WriteJson(object result) => Output.Write(JsonSerializer.Serialize(result, JsonOutput.Options) + Environment.NewLine);

    /// <summary>An ML.NET context whose log goes to the error stream when the user asked for it.</summary>
    public MLContext CreateContext(int? seed = null)
    {
        var context = new MLContext(seed);
        context.Log += (_, entry) =>
        {
            if (Verbose)
                WriteLine(entry.Message);
            else if (entry.Kind is ChannelMessageKind.Warning)
                WriteLine($"warning: {entry.RawMessage}");
        };
        return context;
    }

    /// <summary>Writes a line to the error stream; above the bars while there are any.</summary>
    public void WriteLine(string line)
    {
        if (interactive)
            Ansi().WriteLine(PrintableText.Line(line));
        else
            Error.WriteLine(line);
    }

    /// <summary>Progress bars on the error stream.</summary>
    public Progress Bars() => Ansi().Progress()
        .AutoClear(true)
        .Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(),
            new DurationColumn(task => task.ElapsedTime), new DurationColumn(task => task.RemainingTime));

    private IAnsiConsole? _ansi;

    private IAnsiConsole Ansi() => _ansi ??= AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
}
