// Licensed under the MIT License.
// See LICENSE in the project root for license information.

// A web service that scores: an image in the body of a POST, a mask, an overlay or the shares of the classes out. A page to try it is at /.
//   dotnet run -c Release --project samples/WebApi -- --Model $PWD/runs/street/model.onnx
//   curl --data-binary @street.jpg -H 'Content-Type: image/jpeg' http://localhost:5000/mask > mask.png
// What goes wrong is told as problem details: 400 no image, 408 a slow upload, 413 too large, 503 too busy or too slow.
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.ML.SemanticFlow;
using OpenTelemetry.Metrics;
using WebApi;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
if (builder.Configuration["Model"] is not { } file || !File.Exists(file))
{
    Console.Error.WriteLine($"There is no model '{builder.Configuration["Model"]}'. Name one: --Model FILE.onnx. samples/TrainOnYourFolders.cs makes one.");
    return 2;
}

var limits = builder.Configuration.GetSection("Limits").Get<Limits>() ?? new Limits();
ImageLimits.MaxPixels = limits.Pixels;                              // whoever decodes an image in this process
builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = limits.UploadBytes);

// One model for all requests: it is thread-safe, and its session holds the memory.
builder.Services.AddSingleton(limits);
builder.Services.AddSingleton(_ => SegmentationModel.Load(file, new ExecutionOptions { IntraOpThreads = 1 }));
builder.Services.AddSingleton<Scoring>();
builder.Services.AddSingleton<ScoringMetrics>();
builder.Services.AddHealthChecks().AddCheck<ModelHealth>("model");
builder.Services.AddProblemDetails();
builder.Services.AddExceptionHandler<Refusals>();
builder.Services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy
{
    Timeout = TimeSpan.FromSeconds(limits.Seconds),
    TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
    WriteTimeoutResponse = Refusals.WriteTimeout,
});

// Metrics go where OTEL_EXPORTER_OTLP_ENDPOINT says, and nowhere without it.
builder.Services.AddOpenTelemetry().WithMetrics(metrics =>
{
    metrics.AddMeter(ScoringMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel");
    if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null)
        metrics.AddOtlpExporter();
});

var app = builder.Build();
var model = app.Services.GetRequiredService<SegmentationModel>();   // a file that is no model ends the program here
app.UseExceptionHandler();
app.UseStatusCodePages();
app.Use((context, next) =>
{
    context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'";
    context.Response.Headers.XContentTypeOptions = "nosniff";
    return next(context);
});
app.UseDefaultFiles();
app.UseStaticFiles();
app.UseRequestTimeouts();
app.MapHealthChecks("/health");
app.MapGet("/model", () => new { model.Network, Classes = model.Labels.Classes.Select(label => label.Name) });
app.MapPost("/mask", async (HttpContext context, Scoring scoring) =>
    Results.Bytes((await scoring.Score(context, PredictionDetails.None)).Mask.ToPng(), "image/png"));
app.MapPost("/overlay", async (HttpContext context, Scoring scoring, double opacity = 0.5) => opacity is >= 0 and <= 1
    ? Results.Bytes((await scoring.Score(context, PredictionDetails.Image)).ToOverlayPng(opacity), "image/png")
    : throw new Refusal(StatusCodes.Status400BadRequest, "opacity is from 0 to 1."));
app.MapPost("/shares", async (HttpContext context, Scoring scoring, bool mask = false) =>
    ClassShares.Of((await scoring.Score(context, PredictionDetails.None)).Mask, mask));
app.Run();
return 0;
