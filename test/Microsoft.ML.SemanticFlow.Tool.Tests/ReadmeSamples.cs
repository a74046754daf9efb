// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>The C# of the packages' READMEs, line by line, so that it compiles. ReadmeTests compares.</summary>
internal static class ReadmeSamples
{
    public static void Score()
    {
        using var segmenter = SegmentationModel.Load("camvid.onnx");              // thread-safe
        SegmentationMask mask = segmenter.Predict("street.png");                  // a path, a stream, bytes or an MLImage
        mask.Save("street-mask.png");                                             // class ids, as label files hold them
        mask.SaveOverlay("street.png", "street-overlay.png");                     // for people
        Console.WriteLine(segmenter.Labels.Classes[mask[row: 200, column: 100]].Name);
    }

    public static void Train()
    {
        var ml = new MLContext(seed: 1);
        var train = ml.SemanticSegmentation.Data.CamVid("data/camvid", DatasetSplit.Train);
        var val = ml.SemanticSegmentation.Data.CamVid("data/camvid", DatasetSplit.Validation);

        var pipeline = ml.Transforms.SemanticFlow().LoadImagesAndMasks(LabelMaps.CamVid)
            .Append(ml.SemanticSegmentation.Trainers.SemanticFlow(new SemanticFlowTrainerOptions
            {
                Network = SegmentationNetworks.SFNetLiteR18, Epochs = 50, BatchSize = 8, CropHeight = 320, CropWidth = 320,
                ValidationSet = val, Progress = new ConsoleTrainingProgress(),
            }));
        var model = pipeline.Fit(train);                                          // Image, Label -> PredictedLabel

        SemanticSegmentationMetrics metrics = ml.SemanticSegmentation.Evaluate(model.Transform(val));
        Console.WriteLine(metrics.GetFormattedTable());                           // IoU of each class, mIoU, accuracies
        model.LastTransformer.Model.Save("camvid.onnx");                          // one ONNX file
        ml.Model.Save(model, train.Schema, "camvid.zip");                         // or ML.NET's own
    }
}
