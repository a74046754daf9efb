// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class SegmentationEvaluationFilesTests
{
    private const string Labels = """ "labels":{"name":"pair","table":"name,raw_id,train_id,r,g,b\nleft,0,0,0,0,0\nright,1,1,0,0,0\n"} """;

    [TestMethod]
    public void Save_Images_IsTheFormThatIsWrittenDown()
    {
        var labels = LabelMap.Parse("pair", "name,raw_id,train_id,r,g,b\nleft,0,0,1,2,3\nright,1,1,4,5,6\n");
        var evaluation = new SegmentationEvaluation(labels);
        evaluation.Add(new SegmentationMask(1, 4, [0, 0, 1, 255]), new SegmentationMask(1, 4, [0, 0, 7, 1]), "a.png", "day");
        var sum = new SegmentationEvaluation(labels, keepImages: false);
        sum.Add(evaluation);

        const string file = """{"format":"semanticflow-evaluation-1","labels":{"name":"pair","table":"name,raw_id,train_id,r,g,b\nleft,0,0,1,2,3\nright,1,1,4,5,6\n"},REST}""";
        string images = file.Replace("REST", """ "images":[{"ignored":1,"counts":[0,0,2,1,255,1],"name":"a.png","source":"day"}] """.Trim(), StringComparison.Ordinal);
        string together = file.Replace("REST", """ "sum":{"images":1,"ignored":1,"counts":[0,0,2,1,255,1]} """.Trim(), StringComparison.Ordinal);
        Assert.AreEqual(images, Encoding.UTF8.GetString(DrawnImage.Save(evaluation)));
        Assert.AreEqual(together, Encoding.UTF8.GetString(DrawnImage.Save(sum)));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Load_Saved_GivesTheSameBack(bool keepImages) => DrawnImage.Any.Array[0, 20].Sample(images =>
    {
        var evaluation = DrawnImage.Evaluate(images, keepImages);
        byte[] file = DrawnImage.Save(evaluation);

        var loaded = DrawnImage.Load(file);

        CollectionAssert.AreEqual(file, DrawnImage.Save(loaded));
        Assert.AreEqual(evaluation.ImageCount, loaded.ImageCount);
        Assert.AreEqual(evaluation.KeepsImages, loaded.KeepsImages);
        Assert.AreEqual(evaluation.Metrics.GetFormattedTable(), loaded.Metrics.GetFormattedTable());
        Assert.IsNull(evaluation.Labels.FindDifference(loaded.Labels));
    }, iter: 300);

    [TestMethod]
    public void Load_SavedUnderAnotherCulture_GivesTheSameBack()
    {
        using var folder = new TemporaryFolder();
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("ar-SA");
            DrawnImage.Evaluate([new DrawnImage("a.png", null, 1, 3, [0, 1, 255], [0, 2, 1])]).Save(folder["evaluation.json"]);

            Assert.AreEqual(0.5, SegmentationEvaluation.Load(folder["evaluation.json"]).Metrics.PixelAccuracy);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [TestMethod]
    public void Load_Damaged_NamesTheFileAndThePlace()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["evaluation.json"], $$"""{"format":"semanticflow-evaluation-1",{{Labels}},"images":[{"ignored":0,"counts":[0,0,1]},{"ignored":"x"}]}""");

        var error = Assert.ThrowsExactly<InvalidDataException>(() => SegmentationEvaluation.Load(folder["evaluation.json"]));

        Assert.AreEqual(
            $"'{folder["evaluation.json"]}' is no saved evaluation, or it is damaged: what stands at '$.images[1].ignored' (line 1) is not what belongs there. Save it anew.",
            error.Message);
    }

    [TestMethod]
    [DataRow("", "an empty file")]
    [DataRow("null", "null")]
    [DataRow("[]", "a list")]
    [DataRow("{}", "nothing in it")]
    [DataRow("""{"format":"semanticflow-evaluation-2",LABELS,"images":[]}""", "a later form")]
    [DataRow("""{"format":null,LABELS,"images":[]}""", "no form")]
    [DataRow("""{"format":"semanticflow-evaluation-1","images":[]}""", "no labels")]
    [DataRow("""{"format":"semanticflow-evaluation-1","labels":{"name":"pair","table":"x"},"images":[]}""", "no table")]
    [DataRow("""{"format":"semanticflow-evaluation-1","labels":{"name":null,"table":"x"},"images":[]}""", "no name")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS}""", "neither images nor sum")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[],"sum":{"images":0,"ignored":0,"counts":[]}}""", "both")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[],"images":[]}""", "a key twice")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[],"boundary":1}""", "a key of no meaning")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[]} 1""", "something after the end")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[null]}""", "an image that is null")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"counts":[0,0,1]}]}""", "no ignored pixels given")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":1}]}""", "no counts")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":1,"counts":null}]}""", "counts that are null")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[]}]}""", "an image without pixels")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":-1,"counts":[0,0,1]}]}""", "negative ignored")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[0,0]}]}""", "no multiple of three")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[0,0,-1]}]}""", "a negative count")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[0,0,0]}]}""", "a count of nothing")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[2,0,1]}]}""", "an unknown class")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[255,0,1]}]}""", "no class in the ground truth")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[0,2,1]}]}""", "an unknown prediction")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[0,0,1,0,0,1]}]}""", "a pair twice")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[1,0,1,0,0,1]}]}""", "pairs out of order")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":1,"counts":[0,0,2147483647]}]}""", "more pixels than an image has")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[0,0,2147483648]}]}""", "a count out of range")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[0,0,1e999]}]}""", "a number that is none")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":[0,0,1.5]}]}""", "a fraction")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":0,"counts":["0",0,1]}]}""", "text for a number")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"images":[{"ignored":1,"counts":[],"name":"\ud800"}]}""", "half a character")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"sum":{"images":1,"ignored":0,"counts":[0,0,9007199254740993]}}""", "more pixels than doubles count")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"sum":{"images":1,"ignored":9223372036854775807,"counts":[0,0,9223372036854775807]}}""", "a sum that overflows")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"sum":{"images":1,"ignored":0,"counts":[9223372036854775807,9223372036854775807,1]}}""", "ids that overflow")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"sum":{"images":2,"ignored":1,"counts":[]}}""", "fewer pixels than images")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"sum":{"images":-1,"ignored":1,"counts":[]}}""", "a negative number of images")]
    [DataRow("""{"format":"semanticflow-evaluation-1",LABELS,"sum":{"images":0,"ignored":1,"counts":[]}}""", "pixels of no image")]
    public void Load_Malformed_IsRefusedInASentence(string json, string what)
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => DrawnImage.Load(Encoding.UTF8.GetBytes(json.Replace("LABELS", Labels, StringComparison.Ordinal))), what);

        Assert.DoesNotContain('\n', error.Message);
    }

    [TestMethod]
    public void Load_DeepNesting_IsRefused()
    {
        string json = string.Concat(Enumerable.Repeat("""{"images":[""", 100_000));

        Assert.ThrowsExactly<InvalidDataException>(() => DrawnImage.Load(Encoding.UTF8.GetBytes(json)));
    }

    [TestMethod]
    public void Add_SumsThatReachTheLimit_AreKeptApart()
    {
        string json = $$$"""{"format":"semanticflow-evaluation-1",{{{Labels}}},"sum":{"images":1,"ignored":0,"counts":[0,0,9007199254740992]}}""";
        var evaluation = DrawnImage.Load(Encoding.UTF8.GetBytes(json));

        Assert.ThrowsExactly<ArgumentException>(() => evaluation.Add(evaluation));

        Assert.AreEqual(9_007_199_254_740_992, evaluation.Metrics.ConfusionMatrix[0, 0]); // 2^53
    }

    [TestMethod]
    public void Load_AnyBytes_IsRefusedOrRead() => Gen.Byte.Array[0, 200].Sample(LoadOrRefuse, iter: 2000);

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Load_AnyBytesChanged_IsRefusedOrRead(bool keepImages) =>
        (from images in DrawnImage.Any.Array[0, 5] from changes in Gen.Select(Gen.Double.Unit, Gen.Int[0, 2], Gen.Byte).Array[1, 3] select (images, changes)).Sample(drawn =>
        {
            var file = DrawnImage.Save(DrawnImage.Evaluate(drawn.images, keepImages)).ToList();
            foreach (var (place, kind, value) in drawn.changes)
                Change(file, (int)(place * file.Count), kind, value);

            LoadOrRefuse([.. file]);
        }, iter: 5000);

    // Numbers and words of JSON are what a change of single bytes seldom makes.
    [TestMethod]
    public void Load_AnyTokenReplaced_IsRefusedOrRead() =>
        (from images in DrawnImage.Any.Array[1, 4]
         from keepImages in Gen.Bool
         from place in Gen.Double.Unit
         from token in Gen.OneOf(
             "-1", "0", "255", "256", "2147483647", "2147483648", "9223372036854775807", "1e400", "-0", "null", "true", "{}", "[]", "[[]]", "\"\"", "\"\\ud83d\"", "\"x\"")
         select (images, keepImages, place, token)).Sample(drawn =>
        {
            string json = Encoding.UTF8.GetString(DrawnImage.Save(DrawnImage.Evaluate(drawn.images, drawn.keepImages)));
            var tokens = Regex.Matches(json, """\d+|"(\\.|[^"\\])*"|\[[^\[\]]*\]""");
            var old = tokens[(int)(drawn.place * tokens.Count)];

            LoadOrRefuse(Encoding.UTF8.GetBytes(json[..old.Index] + drawn.token + json[(old.Index + old.Length)..]));
        }, iter: 5000);

    // What is read can be used: it has metrics, and is written and read again.
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

        byte[] saved = DrawnImage.Save(evaluation);
        CollectionAssert.AreEqual(saved, DrawnImage.Save(DrawnImage.Load(saved)));
        Assert.IsFalse(evaluation.Metrics.PixelAccuracy is < 0 or > 1);
    }

    private static void Change(List<byte> file, int place, int kind, byte value)
    {
        switch (kind)
        {
            case 0:
                file[place] = value;
                break;
            case 1:
                file.Insert(place, value);
                break;
            default:
                file.RemoveRange(place, Math.Min(value % 8 + 1, file.Count - place));
                file.Add((byte)' ');
                break;
        }
    }
}
