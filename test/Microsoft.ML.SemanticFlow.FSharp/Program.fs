// Licensed under the MIT License.
// See LICENSE in the project root for license information.

/// The library from F#: writes the pipeline that trains, scores an image with a model, and prints height, width and SHA-256 of its mask.
///   FSharp MODEL.onnx IMAGE
module Program

open System
open System.Security.Cryptography
open Microsoft.ML
open Microsoft.ML.Data
open Microsoft.ML.SemanticFlow

[<CLIMutable>]
type Input = { ImagePath: string }

[<CLIMutable>]
type Scored =
    { [<SegmentationMaskType>]
      PredictedLabel: SegmentationMask }

let trainer (ml: MLContext) =
    let options =
        SemanticFlowTrainerOptions(
            Network = SegmentationNetworks.SFNetDF1,
            Epochs = 60,
            Loss = OhemCrossEntropyLoss(),
            Optimizer = Sgd(LearningRate = 0.01)
        )

    ml.Transforms
        .SemanticFlow()
        .LoadImagesAndMasks(LabelMaps.CamVid)
        .Append(ml.GetSemanticSegmentation().Trainers.SemanticFlow(options))

let evaluate (ml: MLContext) (rows: IDataView) =
    ml.GetSemanticSegmentation().Evaluate(rows).MeanIoU

let import (ml: MLContext) path =
    ml.GetSemanticSegmentation().ImportCheckpoint(path, CheckpointImportOptions(Network = SegmentationNetworks.SFNetR18, Labels = LabelMaps.Cityscapes))

let inPipeline (ml: MLContext) (model: string) (image: string) =
    let rows = ml.Data.LoadFromEnumerable [ { ImagePath = image } ]

    let pipeline =
        EstimatorChain()
            .Append(ml.Transforms.LoadImages("Image", null, "ImagePath"))
            .Append(ml.Transforms.SemanticFlow(model))

    let scored = pipeline.Fit(rows).Transform(rows)
    ml.Data.CreateEnumerable<Scored>(scored, false) |> Seq.map _.PredictedLabel |> Seq.exactlyOne

[<EntryPoint>]
let main args =
    let ml = MLContext(seed = 1)
    trainer ml |> ignore
    use segmenter = SegmentationModel.Load args[0]
    let tiles = InferenceOptions(SlidingWindow = SlidingWindow(Height = 32, Width = 32))
    let mask = segmenter.Predict(args[1], tiles)
    let same = inPipeline ml args[0] args[1]

    if mask.Ids.SequenceEqual same.Ids then
        printfn $"{mask.Height} {mask.Width} {Convert.ToHexString(SHA256.HashData(mask.Ids))}"
        0
    else
        1
