// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.IO.Compression;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>What stands for a model on the command line.</summary>
[TestClass]
public sealed class ModelFileTests
{
    private static readonly string _model = Path.Combine(AppContext.BaseDirectory, "Data", "tiny-scoring.onnx");

    [TestMethod]
    public void Predict_FolderOfARun_IsItsModel()
    {
        using var data = new TinyDataset();
        Directory.CreateDirectory(data.At("run"));
        File.Copy(_model, data.At("run", "model.onnx"));

        var predicted = CommandLine.Run("predict", "--model", data.At("run"), "--images", data.Images, "--output", data.At("masks"));
        var measured = CommandLine.Run("benchmark", "--model", data.At("run"), "--seconds", "0.01", "--json");

        Assert.AreEqual(ExitCode.Done, predicted.Code, predicted.Error);
        Assert.HasCount(2, Directory.GetFiles(data.At("masks"), "*.png"));
        Assert.AreEqual(ExitCode.Done, measured.Code, measured.Error);
    }

    [TestMethod]
    [DataRow("predict")]
    [DataRow("evaluate")]
    [DataRow("benchmark")]
    public void Run_FolderWithoutAModel_SaysWhatItLacks(string command)
    {
        using var data = new TinyDataset();
        string[] rest = command switch
        {
            "predict" => ["--images", data.Images, "--output", data.At("masks")],
            "evaluate" => ["--images", data.Images, "--labels", data.Masks],
            _ => [],
        };

        var result = CommandLine.Run([command, "--model", data.Root, .. rest]);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.StartsWith(result.Sentence, $"The folder '{data.Root}' holds no model.onnx.");
    }

    // Every entry of a saved pipeline with a byte changed, at its beginning, where versions stand, and in its middle; and cut off.
    [TestMethod]
    public void Predict_ModelZipThatIsDamaged_IsBadInputInASentence()
    {
        using var data = new TinyDataset();
        string whole = data.At("whole.zip"), damaged = data.At("damaged.zip");
        var ml = new MLContext();
        var view = ml.SemanticSegmentation.Data.Folder(data.Images);
        ml.Model.Save(ml.Transforms.LoadImages("Image", null, "ImagePath").Append(ml.Transforms.SemanticFlow(_model)).Fit(view), view.Schema, whole);
        var entries = new Dictionary<string, byte[]>();
        using (var zip = ZipFile.OpenRead(whole))
        {
            foreach (var entry in zip.Entries.Where(entry => entry.Length > 0))
            {
                using var content = new MemoryStream();
                using var stream = entry.Open();
                stream.CopyTo(content);
                entries.Add(entry.FullName, content.ToArray());
            }
        }

        int refused = 0;
        foreach (var (name, bytes) in entries)
        {
            Try(name, [.. bytes[..(bytes.Length / 2)]]);
            Try(name, []);
            foreach (int at in Enumerable.Range(0, Math.Min(bytes.Length, 48)).Append(bytes.Length / 2).Append(bytes.Length - 1))
            {
                byte[] changed = [.. bytes];
                changed[at] ^= 0xff;
                Try(name, changed);
            }
        }

        Assert.IsGreaterThan(20, refused);

        void Try(string name, byte[] content)
        {
            using (var zip = ZipFile.Open(damaged, ZipArchiveMode.Create))
            {
                foreach (var entry in entries)
                {
                    using var stream = zip.CreateEntry(entry.Key).Open();
                    stream.Write(entry.Key == name ? content : entry.Value);
                }
            }

            var result = CommandLine.Run("predict", "--model", damaged, "--images", data.Images, "--output", data.At("masks"));
            File.Delete(damaged);

            Assert.IsTrue(result.Code is ExitCode.Done or ExitCode.BadInput, $"{name}: {result.Code} {result.Error}");
            if (result.Code == ExitCode.BadInput)
            {
                refused++;
                Assert.AreNotEqual("", result.Sentence, name);
            }
        }
    }

    [TestMethod]
    [DataRow("evaluate", "--json")]
    [DataRow("export", "--output")]
    [DataRow("import", "--output")]
    public void Run_FileThatCannotBeWritten_IsFoundOutBeforeTheWork(string command, string option)
    {
        using var data = new TinyDataset();
        string lost = data.At("nowhere", "file.onnx"), folder = data.Images;

        foreach (string path in (string[])[lost, folder])
        {
            // The model, too, cannot be read; that would be the first thing to fail once work begins.
            string[] rest = command switch
            {
                "evaluate" => ["--model", "no.onnx", "--images", data.Images, "--labels", data.Masks],
                "export" => ["--model", "no.onnx"],
                _ => ["--checkpoint", "no.pth", "--network", "sfnet-dfv1", "--classes", "2"],
            };

            var result = CommandLine.Run([command, option, path, .. rest]);

            Assert.AreEqual(ExitCode.BadInput, result.Code);
            StringAssert.StartsWith(result.Sentence, $"{option} '{path}'");
            Assert.HasCount(2, Directory.GetFiles(data.Images)); // the trial leaves nothing
        }
    }
}
