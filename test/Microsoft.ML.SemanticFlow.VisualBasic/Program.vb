' Licensed under the MIT License.
' See LICENSE in the project root for license information.

Imports System.Security.Cryptography
Imports Microsoft.ML
Imports Microsoft.ML.Data
Imports Microsoft.ML.SemanticFlow

''' <summary>The library from Visual Basic: writes the pipeline that trains, scores an image with a model, and prints height, width and SHA-256 of its mask.</summary>
Module Program
    Public NotInheritable Class Input
        Public Property ImagePath As String
    End Class

    Public NotInheritable Class Scored
        <SegmentationMaskType>
        Public Property PredictedLabel As SegmentationMask
    End Class

    Function Trainer(ml As MLContext) As IEstimator(Of ITransformer)
        Dim options = New SemanticFlowTrainerOptions With {
            .Network = SegmentationNetworks.SFNetDF1,
            .Epochs = 60,
            .Loss = New OhemCrossEntropyLoss(),
            .Optimizer = New Sgd With {.LearningRate = 0.01}
        }
        Return ml.Transforms.SemanticFlow().LoadImagesAndMasks(LabelMaps.CamVid).Append(ml.GetSemanticSegmentation().Trainers.SemanticFlow(options))
    End Function

    Function Evaluate(ml As MLContext, rows As IDataView) As Double
        Return ml.GetSemanticSegmentation().Evaluate(rows).MeanIoU
    End Function

    Function Import(ml As MLContext, path As String) As ImportedCheckpoint
        Return ml.GetSemanticSegmentation().ImportCheckpoint(path, New CheckpointImportOptions With {.Network = SegmentationNetworks.SFNetR18, .Labels = LabelMaps.Cityscapes})
    End Function

    Function InPipeline(ml As MLContext, model As String, image As String) As SegmentationMask
        Dim rows = ml.Data.LoadFromEnumerable({New Input With {.ImagePath = image}})
        Dim pipeline = ml.Transforms.LoadImages("Image", Nothing, "ImagePath").Append(ml.Transforms.SemanticFlow(model))
        Dim scored = pipeline.Fit(rows).Transform(rows)
        Return ml.Data.CreateEnumerable(Of Scored)(scored, False).Single().PredictedLabel
    End Function

    Function Main(args As String()) As Integer
        Dim ml = New MLContext(seed:=1)
        Trainer(ml)
        Using segmenter = SegmentationModel.Load(args(0))
            Dim tiles = New InferenceOptions With {.SlidingWindow = New SlidingWindow With {.Height = 32, .Width = 32}}
            Dim mask = segmenter.Predict(args(1), tiles)
            Dim ids = mask.Ids.ToArray()
            If Not ids.SequenceEqual(InPipeline(ml, args(0), args(1)).Ids.ToArray()) Then Return 1
            Console.WriteLine($"{mask.Height} {mask.Width} {Convert.ToHexString(SHA256.HashData(ids))}")
            Return 0
        End Using
    End Function
End Module
