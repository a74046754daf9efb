// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Labels;

[TestClass]
public sealed class LabelMapTests
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

    [TestMethod]
    [DataRow("a,b")]
    [DataRow("a\"b")]
    [DataRow("a\nb")]
    [DataRow("a\rb")]
    [DataRow("")]
    [DataRow(" a")]
    public void FromClassNames_NameThatNeedsQuoting_IsRefused(string name)
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => LabelMap.FromClassNames("mine", "first", name));

        StringAssert.StartsWith(error.Message, $"Class 1 of label map 'mine' is named '{name}'. A name is not empty, holds no comma", StringComparison.Ordinal);
    }

    [TestMethod]
    public void FromClassNames_Palette_HasDistinctColours()
    {
        var map = LabelMap.FromClassNames("many", [.. Enumerable.Range(0, 255).Select(id => $"class {id}")]);

        Assert.AreEqual(255, map.Classes.Select(label => label.Color).Distinct().Count());
        Assert.AreEqual(new RgbColor(128, 0, 0), map.Classes[0].Color); // PASCAL VOC's first
    }

    [TestMethod]
    [DataRow("road,0,0,1,2", "line 2: 'road,0,0,1,2' is not a name and five numbers from 0 to 255.")]
    [DataRow("road,0,0,1,2,256", "line 2: 'road,0,0,1,2,256' is not a name and five numbers from 0 to 255.")]
    [DataRow("\"road\",0,0,1,2,3", "line 2: the class is named '\"road\"'. A name is not empty")]
    [DataRow("road,0,0,1,2,3\nsky,0,1,1,2,3", "lists raw id 0 twice.")]
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

    private static RgbColor Color(JsonElement color) => color.Integers() is [int r, int g, int b] ? new RgbColor((byte)r, (byte)g, (byte)b) : default;
}
