// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Threading.RateLimiting;
using Microsoft.ML.SemanticFlow;

namespace WebApi;

/// <summary>The image in a request's body, scored: a bounded number at once, a bounded number waiting.</summary>
internal sealed class Scoring(SegmentationModel model, Limits limits, ScoringMetrics metrics) : IDisposable
{
    private readonly ConcurrencyLimiter _turns = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = limits.Scorings ?? Environment.ProcessorCount,
        QueueLimit = limits.Waiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>The prediction. The request's end, or its time limit, ends the network within an operator.</summary>
    /// <exception cref="Refusal">The image is too large, or too many wait.</exception>
    /// <exception cref="InvalidDataException">The body is no image.</exception>
    public async Task<SegmentationPrediction> Score(HttpContext context, PredictionDetails details)
    {
        byte[] image = await Read(context);
        context.Items[Refusals.Uploaded] = true;
        var info = SegmentationImageInfo.Read(image);
        if ((long)info.Height * info.Width > limits.Pixels)
            throw new Refusal(
                StatusCodes.Status413PayloadTooLarge, $"The image is {info.Height} x {info.Width} pixels (height x width); {limits.Pixels} are taken. Make it smaller.");

        using var turn = await _turns.AcquireAsync(1, context.RequestAborted);      // after the upload: a slow one holds up nobody
        if (!turn.IsAcquired)
            throw new Refusal(StatusCodes.Status503ServiceUnavailable, "Too many images wait to be scored. Try again in a second.");

        long start = Stopwatch.GetTimestamp();
        using var running = metrics.Started();
        var prediction = await Task.Run(() => model.PredictDetailed(image, details, cancellationToken: context.RequestAborted), context.RequestAborted);
        metrics.Scored(Stopwatch.GetElapsedTime(start), (long)info.Height * info.Width);
        return prediction;
    }

    public void Dispose() => _turns.Dispose();

    private static async Task<byte[]> Read(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }
}
