// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.Metrics;

namespace WebApi;

/// <summary>What the service counts: images scored and how long they took, images in work, requests refused.</summary>
internal sealed class ScoringMetrics(IMeterFactory meters)
{
    public const string MeterName = "SemanticFlow.WebApi";

    private readonly UpDownCounter<int> _running = meters.Create(MeterName).CreateUpDownCounter<int>("semanticflow.scoring.active", "{image}", "Images being scored.");
    private readonly Histogram<double> _duration = meters.Create(MeterName).CreateHistogram<double>("semanticflow.scoring.duration", "s", "Time to decode and score an image.");
    private readonly Counter<long> _pixels = meters.Create(MeterName).CreateCounter<long>("semanticflow.scoring.pixels", "{pixel}", "Pixels scored.");
    private readonly Counter<int> _refused = meters.Create(MeterName).CreateCounter<int>("semanticflow.requests.refused", "{request}", "Requests not served, by status.");

    /// <summary>An image is in work until this is disposed.</summary>
    public IDisposable Started()
    {
        _running.Add(1);
        return new Running(_running);
    }

    public void Scored(TimeSpan time, long pixels)
    {
        _duration.Record(time.TotalSeconds);
        _pixels.Add(pixels);
    }

    public void Refused(int status) => _refused.Add(1, new KeyValuePair<string, object?>("http.response.status_code", status));

    private sealed class Running(UpDownCounter<int> running) : IDisposable
    {
        public void Dispose() => running.Add(-1);
    }
}
