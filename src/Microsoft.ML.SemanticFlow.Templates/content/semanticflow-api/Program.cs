// A web service on one model.
//   dotnet run -c Release -- --Model model.onnx
//   curl -F image=@street.jpg http://localhost:5000/overlay --output overlay.jpg
using Microsoft.ML.SemanticFlow;

const long LargestUpload = 20 << 20;
ImageLimits.MaxPixels = 50_000_000;                             // a small file may claim a large image

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = LargestUpload);
builder.Services.AddHealthChecks();

// One for all requests: it is thread-safe. Loaded now, so that a wrong file ends the start and not a request.
using var model = SegmentationModel.Load(builder.Configuration["Model"] ?? "model.onnx");
builder.Services.AddSingleton(model);

var app = builder.Build();
app.MapHealthChecks("/health");

var pictures = app.MapGroup("").DisableAntiforgery().AddEndpointFilter(async (context, next) =>
{
    try
    {
        return await next(context);
    }
    catch (InvalidDataException exception)                      // no image, a damaged one, or one too large
    {
        return Results.Problem(exception.Message, statusCode: StatusCodes.Status400BadRequest);
    }
});

// The mask: a palette PNG of class ids.
pictures.MapPost("/mask", (IFormFile image, SegmentationModel model, CancellationToken gone) =>
    Results.Bytes(Predict(image, model, gone).ToPng(), "image/png"));

// The classes' colours over the image.
pictures.MapPost("/overlay", (IFormFile image, SegmentationModel model, CancellationToken gone) =>
{
    using var stream = image.OpenReadStream();
    var prediction = model.PredictDetailed(stream, PredictionDetails.Image, cancellationToken: gone);
    return Results.Bytes(new MaskPainter().Overlay(prediction).ToBytes(PictureFormat.Jpeg), "image/jpeg");
});

// The share of each class that is in the image.
pictures.MapPost("/shares", (IFormFile image, SegmentationModel model, CancellationToken gone) =>
{
    var mask = Predict(image, model, gone);
    return mask.Ids.ToArray().CountBy(id => id)
        .Where(count => count.Key < model.Labels.ClassCount)    // 255 is no class
        .OrderByDescending(count => count.Value)
        .ToDictionary(count => model.Labels.Classes[count.Key].Name, count => (double)count.Value / mask.Ids.Length);
});

app.Run();

static SegmentationMask Predict(IFormFile image, SegmentationModel model, CancellationToken gone)
{
    using var stream = image.OpenReadStream();
    return model.Predict(stream, cancellationToken: gone);
}
