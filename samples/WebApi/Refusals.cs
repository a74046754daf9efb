// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace WebApi;

/// <summary>A request that is not served, with the status and the sentence that say why.</summary>
internal sealed class Refusal(int status, string message) : Exception(message)
{
    public int Status => status;
}

/// <summary>Exceptions and time limits as problem details, a sentence each.</summary>
internal sealed class Refusals(IProblemDetailsService problems, ScoringMetrics metrics) : IExceptionHandler
{
    /// <summary>Among a request's items once its body is read.</summary>
    public const string Uploaded = "uploaded";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        int? status = exception switch
        {
            Refusal refusal => refusal.Status,
            BadHttpRequestException request => request.StatusCode,              // Kestrel's: a body that is too long, or too slow
            InvalidDataException => StatusCodes.Status400BadRequest,            // no image, or a damaged one
            _ => null,
        };
        if (status is not { } code)
            return false;
        metrics.Refused(code);
        context.Response.StatusCode = code;
        if (code == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "1";                          // seconds
        return await Write(problems, context, exception.Message);
    }

    /// <summary>The answer to a request that took too long.</summary>
    public static async Task WriteTimeout(HttpContext context)
    {
        bool uploaded = context.Items.ContainsKey(Uploaded);
        context.Response.StatusCode = uploaded ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status408RequestTimeout;
        context.RequestServices.GetRequiredService<ScoringMetrics>().Refused(context.Response.StatusCode);
        await Write(
            context.RequestServices.GetRequiredService<IProblemDetailsService>(),
            context,
            uploaded ? "The image could not be scored in time. Try a smaller one, or again later." : "The upload took too long.");
    }

    private static ValueTask<bool> Write(IProblemDetailsService problems, HttpContext context, string detail) =>
        problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = new ProblemDetails { Status = context.Response.StatusCode, Detail = detail } });
}
