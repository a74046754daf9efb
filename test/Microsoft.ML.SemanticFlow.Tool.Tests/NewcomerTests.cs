// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>What somebody does with the packages who has nothing but the .NET SDK: new projects, an empty package cache. nuget.org is needed.</summary>
[TestClass]
public sealed partial class NewcomerTests
{
    private static PackageFeed _feed = null!; // made before the first test

    [ClassInitialize]
    public static void Pack(TestContext context) => _feed = new PackageFeed();

    [ClassCleanup]
    public static void Clean() => _feed.Dispose();

    [TestMethod]
    [TestCategory("Nightly")]
    public void Score_InThreeLines_WritesTheMask()
    {
        string place = Console("score", "console", "Microsoft.ML.SemanticFlow", "Microsoft.ML.OnnxRuntime");
        var truth = Model(place);
        File.WriteAllText(Path.Combine(place, "Program.cs"), """
            using Microsoft.ML.SemanticFlow;
            using var segmenter = SegmentationModel.Load("model.onnx");
            segmenter.Predict("a.png").Save("mask.png");
            """);

        _feed.Run(place, "dotnet", "run", "-c", "Release");

        CollectionAssert.AreEqual(truth.Ids.ToArray(), SegmentationMask.Load(Path.Combine(place, "mask.png"), BrightestChannelModel.Labels).Ids.ToArray());
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public void Train_InFifteenLines_GivesAModelThatScores()
    {
        string place = Console("train", "console", "Microsoft.ML.SemanticFlow.Training", "Microsoft.ML.OnnxRuntime", "TorchSharp-cpu");
        using var data = new TinyDataset();
        File.WriteAllText(Path.Combine(place, "Program.cs"), $$"""
            using Microsoft.ML;
            using Microsoft.ML.SemanticFlow;

            var ml = new MLContext(seed: 1);
            var labels = LabelMap.FromClassNames("mine", "left", "right");
            var train = ml.SemanticSegmentation.Data.Folder(@"{{data.TrainImages}}", @"{{data.TrainLabels}}", labels);
            var val = ml.SemanticSegmentation.Data.Folder(@"{{data.Images}}", @"{{data.Masks}}", labels);
            var pipeline = ml.Transforms.SemanticFlow().LoadImagesAndMasks(labels)
                .Append(ml.SemanticSegmentation.Trainers.SemanticFlow(new SemanticFlowTrainerOptions
                {
                    Network = SegmentationNetworks.SFNetDF1, Epochs = 2, CropHeight = 64, CropWidth = 64, BatchSize = 2,
                    ValidationSet = val, Progress = new ConsoleTrainingProgress(),
                }));
            var model = pipeline.Fit(train);
            Console.WriteLine(ml.SemanticSegmentation.Evaluate(model.Transform(val)).GetFormattedTable());
            model.LastTransformer.Model.Save("model.onnx");
            """);

        string said = _feed.Run(place, "dotnet", "run", "-c", "Release");

        StringAssert.Contains(said, "left");
        Assert.IsTrue(File.Exists(Path.Combine(place, "model.onnx")));
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public void FSharp_Project_Scores()
    {
        string place = Console("fsharp", "console", "Microsoft.ML.SemanticFlow", "Microsoft.ML.OnnxRuntime");
        var truth = Model(place);
        File.WriteAllText(Path.Combine(place, "Program.fs"), """
            open Microsoft.ML
            open Microsoft.ML.SemanticFlow

            let labels = MLContext().GetSemanticSegmentation().LoadModel("model.onnx").Labels
            let segmenter = SegmentationModel.Load "model.onnx"
            segmenter.Predict("a.png").Save "mask.png"
            printfn "%d" labels.ClassCount
            """);

        string said = _feed.Run(place, "dotnet", "run", "-c", "Release");

        Assert.AreEqual("3", said.Trim());
        CollectionAssert.AreEqual(truth.Ids.ToArray(), SegmentationMask.Load(Path.Combine(place, "mask.png"), BrightestChannelModel.Labels).Ids.ToArray());
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public void FileBasedApp_Scores()
    {
        string place = _feed.Workplace("file");
        Model(place);
        File.WriteAllText(Path.Combine(place, "app.cs"), $"""
            #:package Microsoft.ML.SemanticFlow@{_feed.Version}
            #:package Microsoft.ML.OnnxRuntime@{Versions["Microsoft.ML.OnnxRuntime"]}
            #:property PublishAot=false
            using Microsoft.ML.SemanticFlow;
            using var segmenter = SegmentationModel.Load("model.onnx");
            Console.WriteLine(segmenter.Predict("a.png"));
            """);

        StringAssert.Contains(_feed.Run(place, "dotnet", "run", "app.cs"), "40 x 56");
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public void Library_InAProjectOfNet8_IsRefusedWithTheFramework()
    {
        string place = Console("net8", "console", "Microsoft.ML.OnnxRuntime");
        string project = Directory.GetFiles(place, "*.csproj").Single();
        File.WriteAllText(project, File.ReadAllText(project).Replace("net10.0", "net8.0", StringComparison.Ordinal));

        using var add = _feed.Start(place, "dotnet", "add", "package", "Microsoft.ML.SemanticFlow");
        string said = add.StandardOutput.ReadToEnd() + add.StandardError.ReadToEnd();
        add.WaitForExit();

        Assert.AreNotEqual(0, add.ExitCode, said);
        StringAssert.Contains(said, "net10.0");
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public void Tool_InstalledAndRunOnce_ScoresAndTrains()
    {
        string place = _feed.Workplace("tool");
        Model(place);

        _feed.Run(place, "dotnet", "tool", "install", "Microsoft.ML.SemanticFlow.Tool", "--tool-path", "bin");
        string doctor = _feed.Run(place, Path.Combine(place, "bin", "semanticflow"), "doctor");
        string look = _feed.Run(place, Path.Combine(place, "bin", "semanticflow"), "predict", "a.png", "--model", "model.onnx");
        string once = _feed.Run(place, "dotnet", "tool", "exec", "--yes", "Microsoft.ML.SemanticFlow.Tool", "completion", "bash");
        string dnx = _feed.Run(place, "dnx", "--yes", "Microsoft.ML.SemanticFlow.Tool", "completion", "bash");

        StringAssert.Contains(doctor, "Training and scoring work on this machine.");
        StringAssert.Contains(look, "overlay a-overlay.png");
        StringAssert.Contains(once, "complete -o default -F _semanticflow semanticflow");
        Assert.AreEqual(once, dnx);
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public void Templates_Installed_MakeProgramsThatRun()
    {
        string place = _feed.Workplace("templates");
        _feed.Run(place, "dotnet", "new", "install", $"Microsoft.ML.SemanticFlow.Templates@{_feed.Version}");

        Train(place);
        Batch(place);
        Serve(place);
    }

    private static void Train(string place)
    {
        using var data = new TinyDataset();
        File.WriteAllText(data.At("classes.csv"), "name,raw_id,train_id,r,g,b\nleft,0,0,255,0,0\nright,1,1,0,0,255\n");
        _feed.Run(place, "dotnet", "new", "semanticflow-train", "-o", "My.Training");
        string project = Path.Combine(place, "My.Training");

        string said = _feed.Run(project, "dotnet", "run", "-c", "Release", "--", data.Root, "run", "0.2");

        StringAssert.Contains(said, "right");
        Assert.IsTrue(File.Exists(Path.Combine(project, "run", "model.onnx")));
        Assert.IsTrue(File.Exists(Path.Combine(project, "My.Training.csproj")));
    }

    private static void Batch(string place)
    {
        _feed.Run(place, "dotnet", "new", "semanticflow-batch", "-o", "batch");
        string project = Path.Combine(place, "batch");
        var truth = Model(Directory.CreateDirectory(Path.Combine(project, "images")).FullName, model: project);

        string first = _feed.Run(project, "dotnet", "run", "-c", "Release", "--", "model.onnx", "images", "masks");
        string again = _feed.Run(project, "dotnet", "run", "-c", "Release", "--", "model.onnx", "images", "masks");

        StringAssert.StartsWith(first, "1 of 1 images scored");
        StringAssert.Contains(again, "0 of 1 images scored");
        StringAssert.Contains(again, "1 were there before");
        CollectionAssert.AreEqual(truth.Ids.ToArray(), SegmentationMask.Load(Path.Combine(project, "masks", "a.png"), BrightestChannelModel.Labels).Ids.ToArray());
        string[] shares = File.ReadAllLines(Path.Combine(project, "masks", "a-shares.csv"));
        Assert.AreEqual("class,share", shares[0]);
        Assert.AreEqual(1, shares.Skip(1).Sum(line => double.Parse(line.Split(',')[^1], System.Globalization.CultureInfo.InvariantCulture)), 1e-5); // six digits each
    }

    private static void Serve(string place)
    {
        _feed.Run(place, "dotnet", "new", "semanticflow-api", "-o", "api");
        string project = Path.Combine(place, "api");
        var truth = Model(project);
        _feed.Run(project, "dotnet", "build", "-c", "Release");
        using var service = _feed.Start(project, "dotnet", "run", "-c", "Release", "--no-build", "--", "--urls", "http://127.0.0.1:0");
        try
        {
            string? line = null;
            while (line is null || !Address().IsMatch(line))
                line = service.StandardOutput.ReadLine() ?? throw new AssertFailedException(service.StandardError.ReadToEnd());
            using var client = new HttpClient { BaseAddress = new Uri(Address().Match(line).Value) };
            Assert.AreEqual("Healthy", client.GetStringAsync("health").Result);
            var mask = Post(client, "mask", File.ReadAllBytes(Path.Combine(project, "a.png")));
            var bad = Post(client, "mask", [1, 2, 3]);
            var shares = Post(client, "shares", File.ReadAllBytes(Path.Combine(project, "a.png")));
            var overlay = Post(client, "overlay", File.ReadAllBytes(Path.Combine(project, "a.png")));

            File.WriteAllBytes(Path.Combine(project, "mask.png"), mask.Content.ReadAsByteArrayAsync().Result);
            CollectionAssert.AreEqual(truth.Ids.ToArray(), SegmentationMask.Load(Path.Combine(project, "mask.png"), BrightestChannelModel.Labels).Ids.ToArray());
            Assert.AreEqual(400, (int)bad.StatusCode, bad.Content.ReadAsStringAsync().Result);
            using var json = JsonDocument.Parse(shares.Content.ReadAsStringAsync().Result);
            Assert.AreEqual(1, json.RootElement.EnumerateObject().Sum(share => share.Value.GetDouble()), 1e-9);
            Assert.AreEqual("image/jpeg", overlay.Content.Headers.ContentType?.MediaType);
        }
        finally
        {
            service.Kill(entireProcessTree: true);
        }
    }

    private static HttpResponseMessage Post(HttpClient client, string path, byte[] image)
    {
        using var file = new ByteArrayContent(image);
        file.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        using var form = new MultipartFormDataContent { { file, "image", "a.png" } };
        return client.PostAsync(new Uri(path, UriKind.Relative), form).Result;
    }

    private static SegmentationMask Model(string place, string? model = null)
    {
        BrightestChannelModel.Save(Path.Combine(model ?? place, "model.onnx"));
        return BrightestChannelModel.SaveImage(Path.Combine(place, "a.png"), 40, 56, seed: 1);
    }

    // Versions as somebody gets them who names none, but for ours, of which there is none but a prerelease.
    private static string Console(string name, string template, params string[] packages)
    {
        string place = _feed.Workplace(name);
        _feed.Run(place, "dotnet", "new", template, "--language", name == "fsharp" ? "F#" : "C#");
        foreach (string package in packages)
        {
            bool isOurs = package.StartsWith("Microsoft.ML.SemanticFlow", StringComparison.Ordinal);
            _feed.Run(place, "dotnet", "add", "package", package, "--version", isOurs ? _feed.Version : Versions[package]);
        }

        return place;
    }

    private static Dictionary<string, string> Versions { get; } = PinnedVersion().Matches(RepositoryFiles.ReadAll("build", "Packages.props"))
        .ToDictionary(match => match.Groups["id"].Value, match => match.Groups["version"].Value);

    [GeneratedRegex("""<PackageVersion Include="(?<id>[^"]+)" Version="(?<version>[^"]+)" />""")]
    private static partial Regex PinnedVersion();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
