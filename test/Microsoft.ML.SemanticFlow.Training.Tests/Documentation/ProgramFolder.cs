// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints;
using Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Documentation;

/// <summary>The files that documented programs name, tiny ones.</summary>
internal sealed class ProgramFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Writes them.</summary>
    /// <param name="trains">Whether weights to start from and the folder of a run are among them.</param>
    public ProgramFolder(bool trains)
    {
        string model = _folder["camvid.onnx"];
        var options = new CheckpointImportOptions { Network = TinyNetwork.Info, Labels = LabelMaps.CamVid };
        using (var imported = new MLContext(seed: 1).SemanticSegmentation.ImportCheckpoint(
            WeightFile.Write(_folder["tiny.safetensors"], WeightFile.StateOf(TinyNetwork.Info, LabelMaps.CamVid.ClassCount)), options))
        {
            imported.Model.Save(model);
        }

        var planes = new OnnxExportOptions { Form = OnnxForm.Logits, Normalization = OnnxNormalization.Graph, Height = 360, Width = 480 };
        using (var imported = new MLContext(seed: 1).SemanticSegmentation.ImportCheckpoint(_folder["tiny.safetensors"], options with { Export = planes }))
            imported.Model.Save(_folder["planes.onnx"]);

        foreach (string name in (string[])["sf_r18.onnx", "model.onnx", "other.onnx"])
            File.Copy(model, _folder[name]);
        if (trains)
        {
            WeightFile.Write(_folder["sf_r18.pth"], WeightFile.StateOf(SegmentationNetworks.SFNetR18, LabelMaps.Cityscapes.ClassCount));
            using var scenes = new TinyScenes(count: 4);
            TinyRun.Fit(scenes, TinyRun.Options with { Epochs = 1, Run = new TrainingRun(_folder["runs", "old"]) });
        }

        Draw("street.png", "street-truth.png", height: 240, width: 320);
        foreach (string split in (string[])["train", "val"])
        {
            for (int i = 0; i < 3; i++)
            {
                Draw($"data/camvid/{split}/{split}_{i}.png", $"data/camvid/{split}annot/{split}_{i}.png");
                Draw($"my-data/{split}/images/{split}_{i}.png", $"my-data/{split}/labels/{split}_{i}.png");
                Draw($"data/ours/{split}/images/{split}_{i}.png", $"data/ours/{split}/labels/{split}_{i}.png");
                string frame = $"ulm_{i:d6}_000019";
                string label = $"data/cityscapes/gtFine/{split}/ulm/{frame}_gtFine_";
                Draw($"data/cityscapes/leftImg8bit/{split}/ulm/{frame}_leftImg8bit.png", $"{label}labelIds.png", first: 7);
                Draw($"data/cityscapes/leftImg8bit/{split}/ulm/{frame}_leftImg8bit.png", $"{label}instanceIds.png", first: 7, depth: 16);
            }
        }

        for (int i = 0; i < 4; i++)
        {
            Draw($"photos/{i}.png", $"truths/{i}.png");
            Draw($"images/{i}.png", $"labels/{i}.png");
        }

        for (int i = 0; i < 3; i++)
            File.Copy(_folder["data", "cityscapes", "gtFine", "val", "ulm", $"ulm_{i:d6}_000019_gtFine_labelIds.png"], _folder.Prepare("results", $"ulm_{i:d6}_000019.png"));
        File.WriteAllText(_folder["my-data", "classes.csv"], LabelMaps.CamVid.ToCsv());
        File.WriteAllText(_folder["data", "ours", "classes.csv"], LabelMap.FromClassNames("ours", [.. LabelMaps.Cityscapes.Classes.Select(c => c.Name)]).ToCsv());
        TinyTree.Of("labelme").Write(_folder);
    }

    /// <summary>Copies the files to a folder of a program's own.</summary>
    public TemporaryFolder Copy()
    {
        var copy = new TemporaryFolder();
        foreach (string path in Directory.EnumerateFiles(_folder.Root, "*", SearchOption.AllDirectories))
        {
            string place = copy.Prepare(Path.GetRelativePath(_folder.Root, path));
            if (new FileInfo(path).Length > 1 << 20)
                File.CreateSymbolicLink(place, path);
            else
                File.Copy(path, place);
        }

        return copy;
    }

    public void Dispose() => _folder.Dispose();

    // Stripes: a pixel's shade follows from its class.
    private void Draw(string image, string label, int height = 64, int width = 96, byte first = 0, int depth = 8)
    {
        var picture = new PixelImage(height, width);
        var ids = new int[height * width];
        for (int i = 0; i < ids.Length; i++)
        {
            int stripe = i % width / 8 % LabelMaps.CamVid.ClassCount;
            ids[i] = first + stripe;
            picture.Bgra.Slice(i * 4, 4).Fill((byte)(20 * (stripe + 1)));
            picture.Bgra[(i * 4) + 3] = 255;
        }

        ImageCodec.SavePng(picture, _folder.Prepare(image.Split('/')));
        File.WriteAllBytes(_folder.Prepare(label.Split('/')), PngFiles.Indexed(ids, height, width, depth));
    }
}
