// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Trainer.Records;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Contracts;

/// <summary>Every reader of files is fed what is no file of its kind: it reads it, or throws <see cref="InvalidDataException"/> with a sentence, and nothing else.</summary>
[TestClass]
public sealed class ReaderContractTests
{
    private const int Trials = 300;

    private static readonly LabelMap _labels = BrightestChannelModel.Labels;

    private static readonly MLContext _ml = new(seed: 1);

    /// <param name="Name">The reader, as callers write it.</param>
    /// <param name="File">How its files are called.</param>
    /// <param name="Make">A whole one.</param>
    /// <param name="Read">Reads it by path.</param>
    private sealed record Reader(string Name, string File, Func<byte[]> Make, Action<string> Read)
    {
        public override string ToString() => Name;
    }

    private static readonly Reader[] _readers =
    [
        new("SegmentationModel.Load", "model.onnx", () => BrightestChannelModel.ToBytes(), path => LoadAndPredict(() => SegmentationModel.Load(path, _bounded))),
        new("SegmentationModel.Load(stream)", "model.onnx", () => BrightestChannelModel.ToBytes(side: 40), path =>
        {
            using var stream = File.OpenRead(path);
            LoadAndPredict(() => SegmentationModel.Load(stream, _bounded));
        }),
        new("SegmentationModel.Load(bytes)", "model.onnx", () => BrightestChannelModel.ToBytes(),
            path => LoadAndPredict(() => SegmentationModel.Load(File.ReadAllBytes(path), _bounded))),
        new("SemanticSegmentation.LoadModel", "model.onnx", () => BrightestChannelModel.ToBytes(),
            path => LoadAndPredict(() => _ml.SemanticSegmentation.LoadModel(path, _bounded))),
        new("Transforms.SemanticFlow", "model.onnx", () => BrightestChannelModel.ToBytes(), path =>
            _ml.Transforms.SemanticFlow(path).Fit(_ml.Data.LoadFromEnumerable(new[] { new ImageRow() })).Dispose()),
        new("SegmentationModel.Predict", "image.png", Image, path => Model.Predict(path)),
        new("SegmentationModel.Predict(stream)", "image.jpg", () => Encoded(SkiaSharp.SKEncodedImageFormat.Jpeg), path =>
        {
            using var stream = File.OpenRead(path);
            Model.Predict(stream);
        }),
        new("SegmentationModel.PredictDetailed(bytes)", "image.webp", () => Encoded(SkiaSharp.SKEncodedImageFormat.Webp), path =>
            Model.PredictDetailed(File.ReadAllBytes(path), PredictionDetails.Confidence)),
        new("SegmentationModel.PredictDetailed, the flow", "model.onnx", () => FlowModel.ToBytes(), path =>
        {
            using var model = SegmentationModel.Load(path, _bounded);
            if (model.HasFlow)
                model.PredictDetailed(Image(), PredictionDetails.Flow);
        }),
        new("SegmentationPicture.Load", "image.png", Image, path => SegmentationPicture.Load(path)),
        new("SegmentationPicture.Load(stream)", "image.jpg", () => Encoded(SkiaSharp.SKEncodedImageFormat.Jpeg), path =>
        {
            using var stream = File.OpenRead(path);
            SegmentationPicture.Load(stream);
        }),
        new("SegmentationMask.SaveOverlay", "image.png", Image, path => new SegmentationMask(40, 50, new byte[2000], _labels).SaveOverlay(path, path + "-overlay.png")),
        new("SegmentationMask.Load", "label.png", Label, path => SegmentationMask.Load(path, _labels)),
        new("Transforms.SemanticFlow().LoadMasks", "label.png", Label, path => ReadColumn<SegmentationMask>(
            _ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath", _labels), new Paths(path, path), "Label")),
        new("Transforms.SemanticFlow().LoadImagesAndMasks", "image.png", Image, path => ReadColumn<MLImage>(
            _ml.Transforms.SemanticFlow().LoadImagesAndMasks(_labels), new Paths(path, path), "Image")),
        new("LabelMap.Load", "classes.csv", () => System.Text.Encoding.UTF8.GetBytes(LabelMaps.CamVid.ToCsv()), path => LabelMap.Load(path)),
        new("SegmentationEvaluation.Load", "evaluation.json", Evaluation, path => SegmentationEvaluation.Load(path)),
        new("SegmentationEvaluation.Load(stream)", "evaluation.json", Sum, path =>
        {
            using var stream = File.OpenRead(path);
            SegmentationEvaluation.Load(stream);
        }),
        new("a PyTorch file", "weights.pth", () => TestFiles.Bytes("peer_zip.pth"), ReadTensors),
        new("a PyTorch file of the older form", "weights.pth", () => TestFiles.Bytes("peer_legacy.pth"), ReadTensors),
        new("a safetensors file", "weights.safetensors", Weights, ReadTensors),
        new("a checkpoint of a run", "last.safetensors", Weights, path => Checkpoint.ReadInfo(path)),
        new("the record of a run", "run.json", Record, path => RunRecord.Read(path)),
        new("the centroids of a run", "centroids.json", Centroids, path => CentroidFile.TryRead(path, "data")),
    ];

    private static readonly ExecutionOptions _bounded = new() { TimeLimit = TimeSpan.FromSeconds(5), IntraOpThreads = 1 };

    public static IEnumerable<object[]> Readers => _readers.Select(reader => (object[])[reader.Name]);

    private static SegmentationModel Model => field ??= SegmentationModel.Load(BrightestChannelModel.ToBytes());

    [TestMethod]
    [DynamicData(nameof(Readers))]
    public void Read_WholeFile_IsRead(string name) => Feed(name, (reader, whole, read) =>
    {
        reader.Read(read(whole));
    });

    [TestMethod]
    [DynamicData(nameof(Readers))]
    public void Read_RandomBytes_AreRefused(string name) => Feed(name, (reader, whole, read) =>
    {
        var random = new Random(1);
        for (int trial = 0; trial < 100; trial++)
        {
            byte[] bytes = new byte[random.Next(2000)];
            random.NextBytes(bytes);
            whole.AsSpan(0, Math.Min(Math.Min(bytes.Length, whole.Length), trial % 20)).CopyTo(bytes);    // begins ever more like one

            ReadsOrRefuses(reader, read(bytes), $"random bytes, trial {trial}");
        }
    });

    [TestMethod]
    [DynamicData(nameof(Readers))]
    public void Read_CutOff_IsReadOrRefused(string name) => Feed(name, (reader, whole, read) =>
    {
        for (int length = 0; length < whole.Length; length += Math.Max(1, whole.Length / Trials))
            ReadsOrRefuses(reader, read(whole[..length]), $"{length} of {whole.Length} bytes");
    });

    [TestMethod]
    [DynamicData(nameof(Readers))]
    public void Read_ChangedBytes_AreReadOrRefused(string name) => Feed(name, (reader, whole, read) =>
    {
        var random = new Random(2);
        for (int trial = 0; trial < Trials; trial++)
        {
            byte[] bytes = [.. whole];
            for (int change = random.Next(4); change >= 0; change--)
                bytes[random.Next(bytes.Length)] = trial % 2 == 0 ? (byte)random.Next(256) : (byte)(bytes[random.Next(bytes.Length)] ^ (1 << random.Next(8)));

            ReadsOrRefuses(reader, read(bytes), $"changed bytes, trial {trial}");
        }
    });

    [TestMethod]
    [DataRow("null")]
    [DataRow("[]")]
    [DataRow("""{"format":null}""")]
    [DataRow("""{"network":null,"labels":null,"seed":1,"options":null,"starts":null}""")]
    [DataRow("""{"network":"n","labels":{"name":null,"classes":null},"seed":1,"options":{"a":null},"starts":[null]}""")]
    [DataRow("""{"Format":"semanticflow-centroids-1","Data":"data","Sha256":null,"Centroids":[null,[1]]}""")]
    [DataRow("""{"format":"semanticflow-evaluation-1","labels":{"name":"n","table":"x"},"images":[null]}""")]
    public void Read_JsonThatIsNotWhatBelongsThere_IsReadOrRefused(string json)
    {
        foreach (var reader in _readers.Where(reader => reader.File.EndsWith(".json", StringComparison.Ordinal)))
            Feed(reader.Name, (_, _, read) => ReadsOrRefuses(reader, read(System.Text.Encoding.UTF8.GetBytes(json)), json));
    }

    [TestMethod]
    public void Read_NoFileOrAFolder_SaysSo()
    {
        using var folder = new TemporaryFolder();
        var options = new CheckpointImportOptions { Network = SegmentationNetworks.SFNetDF1, Labels = _labels };
        foreach (var reader in _readers.Where(reader => char.IsUpper(reader.Name[0])))
        {
            Assert.ThrowsExactly<FileNotFoundException>(() => reader.Read(folder["none"]), reader.Name);
            Assert.ThrowsExactly<DirectoryNotFoundException>(() => reader.Read(folder["none", "none"]), reader.Name);
            Assert.ThrowsExactly<UnauthorizedAccessException>(() => reader.Read(folder.Root), reader.Name);
        }

        Assert.ThrowsExactly<FileNotFoundException>(() => _ml.SemanticSegmentation.ImportCheckpoint(folder["none"], options));
        Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.ImportCheckpoint(folder.Root, options));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Read_PipeThatNobodyWritesTo_EndsAtOnce()
    {
        using var folder = new TemporaryFolder();
        foreach (var reader in _readers.Where(reader => !OpensByItself(reader)))
        {
            string pipe = folder[reader.File];
            if (!File.Exists(pipe))
                NamedPipe.Make(pipe);

            var reading = Task.Factory.StartNew(() => reader.Read(pipe), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            bool ended = Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(20))).GetAwaiter().GetResult() == reading;

            Assert.IsTrue(ended, $"{reader.Name} waits for somebody who writes.");
            if (reader.Name == "the centroids of a run") // made anew, like damaged ones
                reading.GetAwaiter().GetResult();
            else
                StringAssert.Contains(reading.Exception?.InnerException?.Message, $"'{reader.File}' is empty, or is no file but a pipe or a device.", reader.Name);
        }
    }

    // What the caller opened is the caller's.
    private static bool OpensByItself(Reader reader) => reader.Name.EndsWith("(stream)", StringComparison.Ordinal) || reader.Name.EndsWith("(bytes)", StringComparison.Ordinal);

    [TestMethod]
    public void Read_FolderOfTheNameOfAFile_SaysThatItIsOne()
    {
        using var folder = new TemporaryFolder();
        foreach (var reader in _readers.Where(reader => !OpensByItself(reader) && reader.Name != "the centroids of a run"))
        {
            string path = Directory.CreateDirectory(folder[reader.File]).FullName;

            var refused = Assert.ThrowsExactly<UnauthorizedAccessException>(() => reader.Read(path), reader.Name);

            Assert.AreEqual($"'{path}' is a folder, not a file. Name a file in it.", refused.Message, reader.Name);
        }
    }

    [TestMethod]
    public void FromMetadata_UnknownWayOfReadingGray16_IsRefused()
    {
        foreach (string word in (string[])["Median", "7", ""])
        {
            var metadata = new Dictionary<string, string>(Info().ToMetadata()) { ["options"] = $$"""{"Gray16":"{{word}}"}""" };

            var refused = Assert.ThrowsExactly<InvalidDataException>(() => CheckpointInfo.FromMetadata(metadata, "last.safetensors"));

            StringAssert.Contains(refused.Message, $"last.safetensors reads 16-bit gray images by '{word}', which this version does not know", word);
        }
    }

    [TestMethod]
    public void Read_RecordWithNulls_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string whole = System.Text.Encoding.UTF8.GetString(Record());
        foreach (string part in (string[])["\"network\": \"n\"", "\"starts\": [", "\"sha256\": \"0\"", "\"runtime\": \"10\""])
        {
            string name = part[..(part.IndexOf(':', StringComparison.Ordinal) + 1)];
            File.WriteAllText(folder["run.json"], whole.Replace(part, part.EndsWith('[') ? $"{part} null, " : $"{name} null", StringComparison.Ordinal));

            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => RunRecord.Read(folder["run.json"]), part).Message, "is no record of a run");
        }
    }

    [TestMethod]
    public void ImportCheckpoint_Garbage_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var options = new CheckpointImportOptions { Network = SegmentationNetworks.SFNetDF1, Labels = _labels };
        byte[] whole = TestFiles.Bytes("peer_zip.pth");
        foreach (byte[] bytes in (byte[][])[[], new byte[100], whole[..500], whole[..^10]])
        {
            File.WriteAllBytes(folder["weights.pth"], bytes);

            Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.ImportCheckpoint(folder["weights.pth"], options));
            Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.ConvertCheckpoint(folder["weights.pth"], folder["out.safetensors"], options));
        }
    }

    private static void Feed(string name, Action<Reader, byte[], Func<byte[], string>> feed)
    {
        var reader = _readers.Single(reader => reader.Name == name);
        using var folder = new TemporaryFolder();
        string path = folder[reader.File];
        feed(reader, reader.Make(), bytes =>
        {
            File.WriteAllBytes(path, bytes);
            return path;
        });
    }

    private static void ReadsOrRefuses(Reader reader, string path, string what)
    {
        try
        {
            reader.Read(path);
        }
        catch (InvalidDataException refused)
        {
            StringAssert.EndsWith(refused.Message, ".", what);
            Assert.DoesNotContain('\n', refused.Message, what);
        }
        catch (Exception other) when (other is not UnitTestAssertException)
        {
            Assert.Fail($"{reader.Name}, {what}: {other}");
        }
    }

    private static void LoadAndPredict(Func<SegmentationModel> load)
    {
        using var model = load();
        using var image = new PixelImage(40, 50);
        model.Predict(image);
    }

    private static void ReadColumn<T>(IEstimator<ITransformer> estimator, Paths paths, string column)
    {
        var data = _ml.Data.LoadFromEnumerable([paths]);
        foreach (var _ in estimator.Fit(data).Transform(data).GetColumn<T>(column))
        {
        }
    }

    private static void ReadTensors(string path)
    {
        using var scope = NewDisposeScope();
        using var file = TensorFormats.Open(path);
        foreach (string name in file.Tensors.Keys)
            file.Read(name);
    }

    private static byte[] Image()
    {
        using var folder = new TemporaryFolder();
        BrightestChannelModel.SaveImage(folder["image.png"], 40, 50, seed: 1);
        return File.ReadAllBytes(folder["image.png"]);
    }

    private static byte[] Encoded(SkiaSharp.SKEncodedImageFormat format)
    {
        using var picture = SkiaSharp.SKBitmap.Decode(Image());
        using var encoded = picture.Encode(format, 80);
        return encoded.ToArray();
    }

    private static byte[] Label() => PngFiles.Indexed([.. Enumerable.Range(0, 2000).Select(i => i % 3)], 40, 50, 8, filter: 5);

    private static byte[] Evaluation() => Save(keepImages: true);

    private static byte[] Sum() => Save(keepImages: false);

    private static byte[] Save(bool keepImages)
    {
        var evaluation = new SegmentationEvaluation(_labels, keepImages);
        evaluation.Add(new SegmentationMask(1, 4, [0, 1, 2, 255], _labels), new SegmentationMask(1, 4, [0, 2, 2, 1], _labels), "first", "source");
        using var stream = new MemoryStream();
        evaluation.Save(stream);
        return stream.ToArray();
    }

    private static byte[] Weights()
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        SafeTensors.Write(stream, new Dictionary<string, Tensor> { ["a.weight"] = zeros(2, 3), ["b"] = tensor(7L) }, Info().ToMetadata());
        return stream.ToArray();
    }

    private static CheckpointInfo Info() => new()
    {
        Epoch = 1,
        Step = 2,
        MeanIoU = 0.5,
        Seed = 1,
        Network = "n",
        Labels = _labels,
        CropHeight = 32,
        CropWidth = 32,
        Options = new Dictionary<string, string> { ["a"] = "b" },
    };

    private static byte[] Record()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFingerprint { Rows = 1, Covers = "file names and sizes", Sha256 = "0" };
        new RunRecord
        {
            Network = "n",
            Labels = new LabelsRecord("channels", ["a", "b"]),
            Seed = 1,
            Options = new Dictionary<string, string> { ["Epochs"] = "1" },
            Starts =
            [
                new StartRecord
                {
                    At = DateTime.UnixEpoch,
                    FromEpoch = 0,
                    Epochs = 1,
                    Versions = new VersionsRecord("0.1.0", "0.107.0", "10"),
                    Machine = MachineRecord.Current(),
                    Plan = new PlanRecord("float32", ChannelsLast: false, Threads: 1, LoaderThreads: 1),
                    TrainingSet = data,
                    Notes = new Dictionary<string, string>(),
                    End = new EndRecord { State = "finished", At = DateTime.UnixEpoch, Epoch = 1, PeakMemoryMegabytes = 1 },
                },
            ],
        }.Write(folder["run.json"]);
        return File.ReadAllBytes(folder["run.json"]);
    }

    private static byte[] Centroids()
    {
        using var folder = new TemporaryFolder();
        CentroidFile.Write(folder["centroids.json"], "data", new ClassCentroids([[new PlannedCrop(0, new Centroid(1, 2))], []]));
        return File.ReadAllBytes(folder["centroids.json"]);
    }

    private sealed record Paths(string ImagePath, string LabelPath);

    private sealed class ImageRow
    {
        [Microsoft.ML.Transforms.Image.ImageType(40, 50)]
        public MLImage? Image { get; set; }

        // ML.NET saves no schema of images alone.
        public string Name { get; set; } = "";
    }
}
