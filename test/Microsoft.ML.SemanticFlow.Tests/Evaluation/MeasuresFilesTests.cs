// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using System.Text.RegularExpressions;
using CsCheck;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class MeasuresFilesTests
{
    private const string Labels = """ "labels":{"name":"pair","table":"name,raw_id,train_id,r,g,b\nleft,0,0,0,0,0\nright,1,1,0,0,0\n"} """;
    private const string Start = """{"format":"semanticflow-evaluation-2",LABELS,"measures":{"keepImages":true,"cityscapesInstances":false""";

    // Of two classes: seven numbers each, and four behind them.
    private const string Split = """ "errorSplit":{"borderDistance":2,"cornersConnect":true} """;
    private const string Suspects = """ "suspects":{"confidence":0.9,"borderDistance":2,"smallestRegion":64,"mostOfAnImage":1} """;

    private static readonly SegmentationEvaluationOptions _options = new()
    {
        Boundaries = new SegmentationBoundaryOptions { Thresholds = [1], TrimapWidths = [1] },
        ErrorSplit = new SegmentationErrorSplitOptions(),
        Calibration = new SegmentationCalibrationOptions { Bins = 2 },
        Suspects = new SegmentationSuspectOptions { SmallestRegion = 1, BorderDistance = 0 },
    };

    [TestMethod]
    public void Save_WithMeasures_IsTheFormThatIsWrittenDown()
    {
        var labels = LabelMap.Parse("pair", "name,raw_id,train_id,r,g,b\nleft,0,0,0,0,0\nright,1,1,0,0,0\n");
        var evaluation = new SegmentationEvaluation(labels, new SegmentationEvaluationOptions
        {
            ErrorSplit = new SegmentationErrorSplitOptions(),
            Suspects = new SegmentationSuspectOptions { SmallestRegion = 1, MostOfAnImage = 1 },
        });
        // Left everywhere; one pixel is predicted right, with confidence 1, and no border is near: an invented region, a found one missed in its extent.
        evaluation.Add(
            new SegmentationMask(1, 3, [0, 0, 0]), new SegmentationMask(1, 3, [0, 1, 0]), "a.png", evidence: new SegmentationEvidence { Confidence = new float[] { 1, 1, 1 } });

        string json = Encoding.UTF8.GetString(DrawnImage.Save(evaluation));

        StringAssert.Contains(json, "\"format\":\"semanticflow-evaluation-2\"");
        StringAssert.Contains(
            json,
            """ "images":[{"ignored":0,"counts":[0,0,2,0,1,1],"name":"a.png","measured":[2,0,0,0,0,1,0,0,0,0,1,0,0,0,0,0,1,0],"suspects":[0,1,1,0,1,1,1,4294967296]}] """.Trim());
    }

    [TestMethod]
    public void Load_WellFormed_HasTheMeasures()
    {
        string json = $$"""{{Start}},{{Split}}},"images":[{"ignored":0,"counts":[0,0,2,0,1,1],"measured":[2,0,0,0,0,1,0,0,0,0,1,0,0,0,0,0,1,0]}]}""";

        var split = Load(json).ErrorSplit!;

        Assert.AreEqual((2L, 1L), (split.PerClass[0].HitCount, split.PerClass[0].LostExtentCount));
        Assert.AreEqual((1L, 1L), (split.PerClass[1].InventedCount, split.InventedCount));
    }

    [TestMethod]
    [DataRow("""START,SPLIT},"images":[{"ignored":0,"counts":[0,0,1]}]}""", "no numbers")]
    [DataRow("""START,SPLIT},"images":[{"ignored":0,"counts":[0,0,1],"measured":[1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}]}""", "too few numbers")]
    [DataRow("""START,SPLIT},"images":[{"ignored":0,"counts":[0,0,1],"measured":[1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}]}""", "too many numbers")]
    [DataRow("""START,SPLIT},"images":[{"ignored":0,"counts":[0,0,1],"measured":[-1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}]}""", "a negative number")]
    [DataRow("""START,SPLIT},"images":[{"ignored":0,"counts":[0,0,1],"measured":[1099511627777,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}]}""", "more than 2^40 for the one pixel")]
    [DataRow("""START,SPLIT},"images":[{"ignored":0,"counts":[0,0,1],"measured":[1e40,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}]}""", "a number out of range")]
    [DataRow("""START,SPLIT},"sum":{"images":1,"ignored":0,"counts":[0,0,1]}}""", "a sum without numbers")]
    [DataRow("""START},"images":[]}""", "measures of nothing")]
    [DataRow("""{"format":"semanticflow-evaluation-2",LABELS,"images":[]}""", "no measures")]
    [DataRow("""{"format":"semanticflow-evaluation-2",LABELS,"measures":null,"images":[]}""", "measures that are null")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"measures":{"keepImages":true,"cityscapesInstances":false,SPLIT},"images":[]}""", "measures in the plain form")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[0,0,1],"measured":[1]}]}""", "numbers in the plain form")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[0,0,1],"suspects":[0,1,1,0,0,1,1,0]}]}""", "suspects in the plain form")]
    [DataRow("""START,"errorSplit":{"borderDistance":-1,"cornersConnect":true}},"images":[]}""", "a distance out of range")]
    [DataRow("""START,"errorSplit":{"borderDistance":1025,"cornersConnect":true}},"images":[]}""", "a distance that takes too long")]
    [DataRow("""START,"calibration":{}},"images":[]}""", "no bins")]
    [DataRow("""START,"calibration":{"bins":2000000000}},"images":[]}""", "bins that take memory")]
    [DataRow("""START,"boundaries":{"thresholds":null}},"images":[]}""", "thresholds that are null")]
    [DataRow("""START,"boundaries":{"trimapDistance":"taxi"}},"images":[]}""", "a distance of no meaning")]
    [DataRow("""START,"other":{}},"images":[]}""", "a measure of no meaning")]
    [DataRow("""{"format":"semanticflow-evaluation-2",LABELS,"measures":{"keepImages":true,"cityscapesInstances":true},"images":[]}""", "instances of other classes")]
    [DataRow("""START,SUSPECTS},"sum":{"images":0,"ignored":0,"counts":[]}}""", "suspects without images")]
    [DataRow("""START,SUSPECTS},"images":[{"ignored":0,"counts":[0,0,1],"suspects":[0,1,1,0,0,1,1]}]}""", "no multiple of eight")]
    [DataRow("""START,SUSPECTS},"images":[{"ignored":0,"counts":[0,0,1],"suspects":[0,1,1,0,0,1,1,0,0,1,1,0,0,1,1,0]}]}""", "more suspects than are kept")]
    [DataRow("""START,SUSPECTS},"images":[{"ignored":0,"counts":[0,0,1],"suspects":[0,2,1,0,0,1,1,0]}]}""", "an unknown class")]
    [DataRow("""START,SUSPECTS},"images":[{"ignored":0,"counts":[0,0,1],"suspects":[0,1,2,0,0,1,1,0]}]}""", "more pixels than there are")]
    [DataRow("""START,SUSPECTS},"images":[{"ignored":0,"counts":[0,0,1],"suspects":[0,1,1,0,0,1,9223372036854775807,0]}]}""", "a box out of range")]
    [DataRow("""START,SUSPECTS},"images":[{"ignored":0,"counts":[0,0,1],"suspects":[0,1,1,-1,0,1,1,0]}]}""", "a box before the image")]
    [DataRow("""START,SUSPECTS},"images":[{"ignored":0,"counts":[0,0,1],"suspects":[0,1,1,0,0,1,1,4294967297]}]}""", "a confidence above 1")]
    public void Load_Malformed_IsRefusedInASentence(string json, string what)
    {
        string file = json.Replace("START", Start, StringComparison.Ordinal)
            .Replace("SPLIT", Split, StringComparison.Ordinal).Replace("SUSPECTS", Suspects, StringComparison.Ordinal);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Load(file), what);

        Assert.DoesNotContain('\n', error.Message);
    }

    [TestMethod]
    public void Load_AnyTokenReplaced_IsRefusedOrRead() =>
        (from scenes in DrawnScene.Any.Array[1, 2]
         from keepImages in Gen.Bool
         from place in Gen.Double.Unit
         from token in Gen.OneOf(
             "-1", "0", "255", "2147483648", "9223372036854775807", "170141183460469231731687303715884105727", "1e400", "null", "true", "{}", "[]", "[[]]", "\"\"", "\"x\"")
         select (scenes, keepImages, place, token)).Sample(drawn =>
        {
            var evaluation = new SegmentationEvaluation(DrawnScene.Labels, drawn.keepImages ? _options : _options with { KeepImages = false, Suspects = null });
            foreach (var scene in drawn.scenes)
                scene.AddTo(evaluation);
            string json = Encoding.UTF8.GetString(DrawnImage.Save(evaluation));
            var tokens = Regex.Matches(json, """\d+|"(\\.|[^"\\])*"|\[[^\[\]]*\]|\{[^{}]*\}""");
            var old = tokens[(int)(drawn.place * tokens.Count)];

            LoadOrRefuse(Encoding.UTF8.GetBytes(json[..old.Index] + drawn.token + json[(old.Index + old.Length)..]));
        }, iter: 1000);

    // What is read can be used: its measures can be asked for, and it is written and read again.
    private static void LoadOrRefuse(byte[] file)
    {
        SegmentationEvaluation evaluation;
        try
        {
            evaluation = DrawnImage.Load(file);
        }
        catch (InvalidDataException)
        {
            return;
        }

        _ = (evaluation.Boundaries, evaluation.ErrorSplit, evaluation.Calibration);
        if (evaluation.KeepsImages)
            _ = (evaluation.RankImages(), evaluation.GetSuspectedLabels());
        byte[] saved = DrawnImage.Save(evaluation);
        CollectionAssert.AreEqual(saved, DrawnImage.Save(DrawnImage.Load(saved)));
    }

    private static SegmentationEvaluation Load(string json) => DrawnImage.Load(Encoding.UTF8.GetBytes(json.Replace("LABELS", Labels, StringComparison.Ordinal)));
}
