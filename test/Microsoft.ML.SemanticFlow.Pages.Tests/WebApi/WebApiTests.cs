// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Pages.Tests.WebApi;

[TestClass]
[DoNotParallelize]
public sealed class WebApiTests
{
    private const int Height = 40, Width = 56;

    private static RunningService? _running;

    private static RunningService Service => _running!;         // started before the first test

    [ClassInitialize]
    public static void Start(TestContext _) => _running = RunningService.Start(("Limits__UploadBytes", "20000"), ("Limits__Pixels", "10000"), ("Limits__Seconds", "60"));

    [ClassCleanup]
    public static void Stop() => _running?.Dispose();

    [TestMethod]
    public async Task Mask_OfAnImage_IsThatOfTheModel()
    {
        var (image, expected) = Image(Height, Width);

        using var answer = await Service.Post("/mask", image);

        Assert.AreEqual("image/png", answer.Content.Headers.ContentType?.MediaType);
        var mask = SegmentationMask.Load(await answer.Content.ReadAsStreamAsync(), BrightestChannelModel.Labels);
        Assert.IsTrue(expected.Ids.SequenceEqual(mask.Ids));
    }

    [TestMethod]
    public async Task Overlay_OfAnImage_HasItsSize()
    {
        using var answer = await Service.Post("/overlay?opacity=0.25", Image(Height, Width).Png);

        var info = SegmentationImageInfo.Read(await answer.Content.ReadAsByteArrayAsync());
        Assert.AreEqual((Height, Width), (info.Height, info.Width));
    }

    [TestMethod]
    public async Task Shares_OfAnImage_AreCountedPixelsAndSumToOne()
    {
        var (image, expected) = Image(Height, Width);

        using var answer = await Service.Post("/shares", image);

        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.AreEqual((Height, Width), (json.RootElement.GetProperty("height").GetInt32(), json.RootElement.GetProperty("width").GetInt32()));
        Assert.AreEqual(JsonValueKind.Null, json.RootElement.GetProperty("mask").ValueKind);
        var shares = json.RootElement.GetProperty("classes").EnumerateArray()
            .ToDictionary(one => one.GetProperty("name").GetString()!, one => one.GetProperty("share").GetDouble()); // every class has a name
        Assert.AreEqual(1, shares.Values.Sum(), 1e-12);         // three divisions
        Assert.AreEqual(expected.Ids.ToArray().Count(id => id == 2) / (double)(Height * Width), shares["red"]);
    }

    [TestMethod]
    [DataRow("/mask", "no image")]
    [DataRow("/overlay", "")]
    [DataRow("/shares", "GIF89a")]
    public async Task Body_ThatIsNoImage_IsABadRequestInOneSentence(string path, string body)
    {
        using var answer = await Service.Post(path, Encoding.ASCII.GetBytes(body));

        await AssertProblem(answer, HttpStatusCode.BadRequest, "'bytes' is not an image that can be read");
    }

    [TestMethod]
    public async Task Body_LongerThanTheLimit_IsTooLarge()
    {
        using var answer = await Service.Post("/mask", new byte[20001]);

        await AssertProblem(answer, HttpStatusCode.RequestEntityTooLarge, "Request body too large");
    }

    // A short file can hold a large image.
    [TestMethod]
    public async Task Image_OfMorePixelsThanTheLimit_IsTooLarge()
    {
        byte[] image = Black(101, 100);
        Assert.IsLessThan(20000, image.Length);

        using var answer = await Service.Post("/mask", image);

        await AssertProblem(answer, HttpStatusCode.RequestEntityTooLarge, "The image is 101 x 100 pixels (height x width); 10000 are taken. Make it smaller.");
    }

    [TestMethod]
    [DataRow("/overlay?opacity=2")]
    [DataRow("/overlay?opacity=NaN")]
    [DataRow("/overlay?opacity=much")]
    public async Task Opacity_OutOfRange_IsABadRequest(string path)
    {
        using var answer = await Service.Post(path, Image(Height, Width).Png);

        Assert.AreEqual(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.AreEqual("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [TestMethod]
    public async Task Health_OfAModelThatScores_IsHealthy() => Assert.AreEqual("Healthy", await Service.Client.GetStringAsync("/health"));

    [TestMethod]
    public void Program_WithoutAModel_SaysSoInOneLine()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", RunningService.Program, "--Model", "none.onnx"]) { RedirectStandardError = true })!; // new

        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.AreEqual(2, process.ExitCode);
        Assert.AreEqual("There is no model 'none.onnx'. Name one: --Model FILE.onnx. samples/TrainOnYourFolders.cs makes one.", said.Trim());
    }

    // One image at a time and none waiting: of eight large ones together some are sent away, and one at least is scored.
    [TestMethod]
    [TestCategory("Nightly")]
    public async Task Images_MoreThanMayWait_AreSentAway()
    {
        using var service = RunningService.Start(("Limits__Scorings", "1"), ("Limits__Waiting", "0"), ("Limits__Seconds", "120"));
        byte[] image = Black(1500, 1500);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => service.Post("/shares", image)));

        Assert.IsTrue(answers.Any(answer => answer.IsSuccessStatusCode));
        var refused = answers.First(answer => !answer.IsSuccessStatusCode);
        Assert.AreEqual("1", refused.Headers.GetValues("Retry-After").Single());
        await AssertProblem(refused, HttpStatusCode.ServiceUnavailable, "Too many images wait to be scored. Try again in a second.");
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public async Task Image_ThatTakesTooLong_IsGivenUp()
    {
        using var service = RunningService.Start(("Limits__Seconds", "0.2"));

        using var answer = await service.Post("/mask", Black(3900, 4000));

        await AssertProblem(answer, HttpStatusCode.ServiceUnavailable, "The image could not be scored in time.");
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public async Task Upload_ThatStopsHalfway_IsGivenUp()
    {
        using var service = RunningService.Start(("Limits__Seconds", "0.5"));
        using var client = new TcpClient();
        await client.ConnectAsync(service.Address.Host, service.Address.Port);

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /mask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf"));
        using var reader = new StreamReader(client.GetStream());

        Assert.AreEqual("HTTP/1.1 408 Request Timeout", await reader.ReadLineAsync());
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public async Task Metrics_WithAnEndpoint_AreSentThere()
    {
        using var collector = new TcpListener(IPAddress.Loopback, 0);
        collector.Start();
        using var service = RunningService.Start(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://{collector.LocalEndpoint}"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_METRIC_EXPORT_INTERVAL", "300"));
        (await service.Post("/mask", Image(Height, Width).Png)).Dispose();

        string sent = "";
        while (!sent.Contains("semanticflow.scoring.duration", StringComparison.Ordinal))
        {
            using var caller = await collector.AcceptTcpClientAsync();
            var buffer = new byte[1 << 16];
            for (int read = 1, quiet = 0; read > 0 && quiet == 0; quiet = caller.Available == 0 && sent.Length > 500 ? 1 : 0)
            {
                read = await caller.GetStream().ReadAsync(buffer);
                sent += Encoding.Latin1.GetString(buffer, 0, read);
            }

            await caller.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
        }

        StringAssert.Contains(sent, "POST /v1/metrics");
    }

    [TestMethod]
    public void Containerfile_RunsAsItsOwnUserAndNamesWhatIsThere()
    {
        string sample = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(RunningService.Program)!, "..", "..", "..")); // bin/Release/net10.0
        string file = File.ReadAllText(Path.Combine(sample, "Containerfile"));

        Assert.IsLessThan(file.IndexOf("ENTRYPOINT [\"dotnet\", \"WebApi.dll\"]", StringComparison.Ordinal), file.IndexOf("USER $APP_UID", StringComparison.Ordinal));
        Assert.IsTrue(File.Exists(Path.Combine(sample, "WebApi.csproj")));
    }

    private static byte[] Black(int height, int width) => new SegmentationMask(height, width, new byte[height * width]).ToPng();

    private static (byte[] Png, SegmentationMask Expected) Image(int height, int width)
    {
        using var folder = new TemporaryFolder();
        var expected = BrightestChannelModel.SaveImage(folder["image.png"], height, width, seed: 1);
        return (File.ReadAllBytes(folder["image.png"]), expected);
    }

    private static async Task AssertProblem(HttpResponseMessage answer, HttpStatusCode status, string detail)
    {
        string body = await answer.Content.ReadAsStringAsync();
        Assert.AreEqual(status, answer.StatusCode, body);
        Assert.AreEqual("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var json = JsonDocument.Parse(body);
        StringAssert.StartsWith(json.RootElement.GetProperty("detail").GetString(), detail);
        Assert.AreEqual((int)status, json.RootElement.GetProperty("status").GetInt32());
    }
}
