// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Labels;

[TestClass]
public sealed partial class LabelMapTests
{
    private const string Header = "name,raw_id,train_id,r,g,b\n";

    [TestMethod]
    public void Cityscapes_Classes_AreTheOriginals()
    {
        var golden = GoldenData.Json("labels", "labels.json").GetProperty("cityscapes");
        var classes = golden.GetProperty("classes").EnumerateArray().ToArray();

        Assert.HasCount(LabelMaps.Cityscapes.ClassCount, classes);
        foreach (var expected in classes)
        {
            int id = expected.GetProperty("trainId").GetInt32();
            var actual = LabelMaps.Cityscapes.Classes[id];
            Assert.AreEqual(
                new LabelClass(expected.GetProperty("name").GetString()!, expected.GetProperty("id_written_by_eval").GetByte(), Color(expected.GetProperty("color"))),
                actual);
        }
    }

    [TestMethod]
    public void Cityscapes_RawIds_TranslateAsTheOriginals()
    {
        int[] table = GoldenData.Json("labels", "labels.json").GetProperty("cityscapes").GetProperty("raw_uint8_to_train_id").Integers();

        // The original passes raw ids above 33 through; here they are unknown, but for 255.
        for (int raw = 0; raw < 256; raw++)
        {
            bool known = LabelMaps.Cityscapes.TryGetTrainId((byte)raw, out byte trainId);
            Assert.AreEqual(raw is <= 33 or 255, known, $"raw id {raw}");
            if (known)
                Assert.AreEqual(table[raw], trainId, $"raw id {raw}");
        }
    }

    [TestMethod]
    public void CamVid_Classes_AreTheOriginals()
    {
        var golden = GoldenData.Json("labels", "labels.json").GetProperty("camvid");
        var classes = golden.GetProperty("classes").EnumerateArray().ToArray();

        for (int id = 0; id < 11; id++)
        {
            // The original writes Pedestrain.
            string name = classes[id].GetProperty("name").GetString()!.Replace("Pedestrain", "Pedestrian", StringComparison.Ordinal);
            Assert.AreEqual(new LabelClass(name, (byte)id, Color(classes[id].GetProperty("color"))), LabelMaps.CamVid.Classes[id]);
        }

        Assert.AreEqual(11, LabelMaps.CamVid.ClassCount);
        Assert.IsTrue(LabelMaps.CamVid.TryGetTrainId(11, out byte ignored));
        Assert.AreEqual(LabelMap.IgnoreId, ignored);
        Assert.IsFalse(LabelMaps.CamVid.TryGetTrainId(12, out _));
    }

    [TestMethod]
    public void ToCsv_EveryMap_IsReadBackTheSame()
    {
        foreach (var map in LabelMaps.All)
        {
            var again = LabelMap.Parse(map.Name, map.ToCsv());

            Assert.AreEqual(map.ToCsv(), again.ToCsv());
            CollectionAssert.AreEqual(map.Classes.ToArray(), again.Classes.ToArray());
        }
    }

    // The bytes of tables that need no quotes: checkpoints and models hold them, and fingerprints are made of them.
    [TestMethod]
    public void ToCsv_OrdinaryNames_AreWrittenAsTheyAlwaysWere()
    {
        string table = Header + "road,7,0,128,64,128\ntraffic light,19,1,250,170,30\nvoid,0,255,0,0,0\n";

        Assert.AreEqual(table, LabelMap.Parse("mine", table).ToCsv());
    }

    [TestMethod]
    [DataRow("a,b", "\"a,b\"")]
    [DataRow("a\"b", "\"a\"\"b\"")]
    [DataRow("a\nb", "\"a\nb\"")]
    [DataRow("a\rb", "\"a\rb\"")]
    [DataRow(" a", "\" a\"")]
    [DataRow("a; b", "a; b")]
    public void ToCsv_NameThatNeedsQuotes_IsQuotedAsCsvIs(string name, string cell)
    {
        var map = LabelMap.FromClassNames("mine", name);

        Assert.AreEqual($"{Header}{cell},0,0,128,0,0\n", map.ToCsv());
        Assert.AreEqual(name, LabelMap.Parse("mine", map.ToCsv()).Classes[0].Name);
    }

    [TestMethod]
    public void ToCsv_AnyNames_AreReadBackTheSame()
    {
        var name = Gen.OneOf(Gen.String[Gen.Char["a ,\"\n\r\té车"], 1, 8], Gen.String[1, 8]).Where(text => LabelMapOf(text) is not null);
        Gen.Select(name.Array[1, 5], Gen.Bool).Sample((names, isWindows) =>
        {
            var map = LabelMap.FromClassNames("mine", names);
            string table = map.ToCsv();

            var again = LabelMap.Parse("mine", isWindows ? table.Replace("255\n", "255\r\n", StringComparison.Ordinal) : table);

            CollectionAssert.AreEqual(names, again.Classes.Select(label => label.Name).ToArray());
            Assert.AreEqual(table, again.ToCsv());
        }, iter: 2000);

        static LabelMap? LabelMapOf(string text)
        {
            try
            {
                return LabelMap.FromClassNames("mine", text);
            }
            catch (ArgumentException)
            {
                return null; // blank, or half a character
            }
        }
    }

    [TestMethod]
    [DataRow("", 0)]
    [DataRow(" ", 1)]
    [DataRow("\U0001F680", 1)] // the first half of a letter: attributes cannot hold it
    public void FromClassNames_NameThatIsNoText_IsRefused(string text, int length)
    {
        string name = text[..length];

        var error = Assert.ThrowsExactly<ArgumentException>(() => LabelMap.FromClassNames("mine", "first", name));

        Assert.StartsWith($"Class 1 of label map 'mine' is named '{name}'. A name is text", error.Message);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(256)]
    public void FromClassNames_TooFewOrTooMany_SaysThatTheFirstArgumentIsTheMapsName(int count)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(id => $"class {id}")];

        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => LabelMap.FromClassNames("road", names));

        Assert.StartsWith($"Label map 'road' needs 1 to 255 classes, not {count}. The first argument names the map; the classes follow it.", error.Message);
    }

    [TestMethod]
    public void FromClassNames_Palette_HasDistinctColours()
    {
        var map = LabelMap.FromClassNames("many", [.. Enumerable.Range(0, 255).Select(id => $"class {id}")]);

        Assert.AreEqual(255, map.Classes.Select(label => label.Color).Distinct().Count());
        Assert.AreEqual(new RgbColor(128, 0, 0), map.Classes[0].Color); // PASCAL VOC's first
    }

    [TestMethod]
    [DataRow("road,0,0,1,2", "'mine', line 2, column 6 (b): the row has 5 cells instead of 6.")]
    [DataRow("road,0,0,1,2,3,4", "line 2, column 7: the row has 7 cells instead of 6.")]
    [DataRow("road,0,0,1,2,256", "line 2, column 6 (b): '256' is not a number from 0 to 255.")]
    [DataRow("road,65536,0,1,2,3", "line 2, column 2 (raw_id): '65536' is not a number from 0 to 65535.")]
    [DataRow("road,0,-1,1,2,3", "line 2, column 3 (train_id): '-1' is not a number from 0 to 255.")]
    [DataRow(",0,0,1,2,3", "line 2, column 1 (name): the class is named ''.")]
    [DataRow("\"a\nb\",0,0,1,2,3\n\nsky,x,1,1,2,3", "line 5, column 2 (raw_id): 'x' is not")]
    [DataRow("road,0,0,1,2,3\n\"sky,1,1,1,2,3", "line 3, column 1: the quote that opens the cell is never closed.")]
    [DataRow("road,\"0\"0,0,1,2,3", "line 2, column 2: text follows the quote that closes the cell.")]
    [DataRow("main \"road\",0,0,1,2,3", "line 2, column 1: a quote stands inside a cell without quotes.")]
    [DataRow("road,0,0,1,2,3\nsky,0,1,1,2,3", "line 3, column 2 (raw_id): raw id 0 is in line 2 already.")]
    [DataRow("road,0,0,1,2,3\nsky,1,2,1,2,3", "skips train id 1.")]
    [DataRow("void,0,255,1,2,3", "has no class.")]
    public void Parse_BadTable_SaysWhere(string rows, string expected)
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => LabelMap.Parse("mine", Header + rows));

        StringAssert.Contains(error.Message, expected, StringComparison.Ordinal);
    }

    [TestMethod]
    public void Parse_NoHeader_ShowsIt()
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => LabelMap.Parse("mine", "road,0,0,1,2,3"));

        Assert.AreEqual("Label map 'mine' does not start with the line 'name,raw_id,train_id,r,g,b'.", error.Message);
    }

    [TestMethod]
    public void Classes_SeveralRawIdsOfOneTrainId_FirstNamesIt()
    {
        var map = LabelMap.Parse("merged", Header + "lane,7,0,1,1,1\nroad,3,0,2,2,2\nsky,9,1,3,3,3");

        CollectionAssert.AreEqual(new[] { "lane", "sky" }, map.Classes.Select(label => label.Name).ToArray());
        Assert.AreEqual(7, map.Classes[0].RawId);
        Assert.IsTrue(map.TryGetTrainId(3, out byte trainId));
        Assert.AreEqual(0, trainId);
    }

    [TestMethod]
    [DataRow(new[] { "road", "sky" }, null)]
    [DataRow(new[] { "sky", "road" }, "Label map 'one' and label map 'other' have the same classes in another order: class 0 is 'road' in the first and 'sky' in the second.")]
    [DataRow(new[] { "road", "Sky" }, "Label map 'one' calls class 1 'sky', label map 'other' calls it 'Sky'.")]
    [DataRow(new[] { "road" }, "Label map 'one' has 2 classes, label map 'other' has 1: class 1 is 'sky' in the first and missing in the second.")]
    [DataRow(new[] { "car", "road", "sky" }, "Label map 'one' has 2 classes, label map 'other' has 3: class 0 is 'road' in the first and 'car' in the second.")]
    public void FindDifference_OtherClasses_NamesTheFirst(string[] others, string? expected)
    {
        var labels = LabelMap.FromClassNames("one", "road", "sky");

        Assert.AreEqual(expected, labels.FindDifference(LabelMap.FromClassNames("other", others)));
    }

    [TestMethod]
    public void FindDifference_OtherRawIdsAndColours_IsNone()
    {
        var labels = LabelMap.FromClassNames("one", "road", "sky");
        var other = LabelMap.Parse("other", Header + "sky,7,1,1,2,3\nroad,9,0,4,5,6\n");

        Assert.IsNull(labels.FindDifference(other));
    }

    [TestMethod]
    public void Parse_MutatedTable_IsReadOrRefusedByLineAndColumn()
    {
        string table = LabelMap.FromClassNames("mine", "road", "a, \"b\"", "x\ny").ToCsv();
        Gen.Select(Gen.Int[0, table.Length - 1], Gen.Char["\",\n\r 9x"], Gen.Int[0, 2]).Array[1, 4].Sample(edits =>
        {
            string mutated = table;
            foreach (var (at, letter, kind) in edits.Where(edit => edit.Item1 < mutated.Length))
                mutated = kind switch { 0 => mutated.Remove(at, 1), 1 => mutated.Insert(at, $"{letter}"), _ => mutated[..at] + letter + mutated[(at + 1)..] };

            string? message = null;
            try
            {
                _ = LabelMap.Parse("mine", mutated);
            }
            catch (InvalidDataException error)
            {
                message = error.Message;
            }

            Assert.IsTrue(message is null || SaysWhere().IsMatch(message), message);
        }, iter: 5000);
    }

    [TestMethod]
    public void Load_Windows1252_NamesTheLine()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["roads.csv"], [.. Encoding.UTF8.GetBytes(Header + "road,0,0,1,2,3\n"), .. Encoding.Latin1.GetBytes("trottoir pav\u00e9,1,1,1,2,3\n")]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => LabelMap.Load(folder["roads.csv"]));

        Assert.StartsWith("Label map 'roads', line 3: the bytes are no UTF-8", error.Message);
    }

    [TestMethod]
    public void Load_Utf8WithMarkAndWindowsBreaks_IsRead()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            folder["roads.csv"], Header.Replace("\n", "\r\n", StringComparison.Ordinal) + "pavé, 7 ,0,1,2,3\r\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        var map = LabelMap.Load(folder["roads.csv"]);

        Assert.AreEqual(new LabelClass("pavé", 7, new RgbColor(1, 2, 3)), map.Classes.Single());
    }

    [TestMethod]
    public void TryGetTrainId_RawIdsOf16Bits_AreKnown()
    {
        var map = LabelMap.Parse("wide", Header + "sky,60000,0,1,1,1\nroad,3,1,2,2,2\nvoid,65535,255,0,0,0\n");

        Assert.IsTrue(map.TryGetTrainId(60000, out byte sky));
        Assert.IsTrue(map.TryGetTrainId(65535, out byte ignored));
        Assert.IsFalse(map.TryGetTrainId(300, out _));
        Assert.IsFalse(LabelMaps.CamVid.TryGetTrainId(60000, out _));
        Assert.AreEqual((0, LabelMap.IgnoreId), (sky, ignored));
        Assert.AreEqual(map.ToCsv(), LabelMap.Parse("wide", map.ToCsv()).ToCsv());
    }

    [TestMethod]
    public void Merge_IntoAClassOfTheMap_KeepsItsRawIdAndColour()
    {
        var map = LabelMaps.Cityscapes.Merge("Vehicles", new Dictionary<string, string> { ["truck"] = "car", ["bus"] = "car", ["train"] = "car" });

        // car is 13, truck 14, bus 15, train 16 of 19.
        Assert.AreEqual(16, map.ClassCount);
        Assert.AreEqual(LabelMaps.Cityscapes.Classes[13], map.Classes[13]);
        CollectionAssert.AreEqual(new[] { "car", "motorcycle", "bicycle" }, map.Classes.Skip(13).Select(label => label.Name).ToArray());
        foreach (ushort rawId in new ushort[] { 26, 27, 28, 31 })
            Assert.AreEqual((true, (byte)13), (map.TryGetTrainId(rawId, out byte car), car), $"raw id {rawId}");
        Assert.AreEqual((true, LabelMap.IgnoreId), (map.TryGetTrainId(0, out byte ignored), ignored));
        Assert.AreEqual("Vehicles (16 classes)", map.ToString());
        Assert.AreEqual(map.ToCsv(), LabelMap.Parse("Vehicles", map.ToCsv()).ToCsv());
    }

    [TestMethod]
    public void Merge_IntoANewClass_TakesTheFirstOnesPlace()
    {
        var map = LabelMap.FromClassNames("four", "a", "b", "c", "d").Merge("two", new Dictionary<string, string> { ["d"] = "rest", ["b"] = "rest", ["a"] = "c" });

        // a joins c, which speaks for both; b and d become one.
        CollectionAssert.AreEqual(
            new[]
            {
                new LabelClass("c", 2, LabelMap.FromClassNames("", "a", "b", "c").Classes[2].Color),
                new LabelClass("rest", 1, LabelMap.FromClassNames("", "a", "b").Classes[1].Color),
            },
            map.Classes.ToArray());
        Assert.AreEqual("0101", string.Concat(Enumerable.Range(0, 4).Select(rawId => map.TryGetTrainId((ushort)rawId, out byte trainId) ? trainId : 9)));
    }

    [TestMethod]
    public void Merge_ClassThatIsNone_ListsThoseThereAre()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => LabelMap.FromClassNames("two", "a, b", "c").Merge("one", new Dictionary<string, string> { ["b"] = "c" }));

        Assert.StartsWith("Label map 'two' has no class 'b'; its classes are \"a, b\", c.", error.Message);
    }

    [TestMethod]
    public void With_NamesAndColours_ChangesThemAlone()
    {
        var map = LabelMaps.CamVid.With("Mine", new Dictionary<string, string> { ["Sky"] = "Car", ["Car"] = "Sky" }, new Dictionary<string, RgbColor> { ["Sky"] = new(1, 2, 3) });

        Assert.AreEqual("Mine", map.Name);
        Assert.AreEqual(LabelMaps.CamVid.Classes[0] with { Name = "Car", Color = new RgbColor(1, 2, 3) }, map.Classes[0]); // CamVid's first is the sky
        Assert.AreEqual(LabelMaps.CamVid.Classes[8] with { Name = "Sky" }, map.Classes[8]);
        Assert.AreEqual((true, LabelMap.IgnoreId), (map.TryGetTrainId(11, out byte ignored), ignored));
    }

    [TestMethod]
    public void With_TwoClassesOfOneName_PointsToMerge()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => LabelMaps.CamVid.With(names: new Dictionary<string, string> { ["Sky"] = "Car" }));

        Assert.StartsWith("Two classes of label map 'CamVid' would be named 'Car'. Name them apart, or join them with Merge.", error.Message);
    }

    [GeneratedRegex("^Label map 'mine'(, line [0-9]+, column [0-9]+| does not start with the line| has no class| skips train id)")]
    private static partial Regex SaysWhere();

    private static RgbColor Color(JsonElement color) => color.Integers() is [int r, int g, int b] ? new RgbColor((byte)r, (byte)g, (byte)b) : default;
}
