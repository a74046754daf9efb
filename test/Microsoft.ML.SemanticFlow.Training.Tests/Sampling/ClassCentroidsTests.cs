// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Sampling;

[TestClass]
public sealed class ClassCentroidsTests
{
    // What the original code found in the two masks.
    private static readonly JsonElement _reference = JsonDocument.Parse(TestFiles.Bytes("class_uniform.json")).RootElement.GetProperty("centroids");

    [TestMethod]
    [DataRow("a", "centroid_a_ids_200x300.png", MaskIds.Raw)]
    [DataRow("b", "centroid_b_trainids_128x192.png", MaskIds.Train)]
    public void Find_MasksOfTheReference_EqualsItsCentroids(string name, string file, MaskIds ids)
    {
        var mask = MaskCodec.Load(TestFiles.Find(file), LabelMaps.Cityscapes, ids);
        var expected = _reference.GetProperty(name).EnumerateObject().Single(property => property.Name.StartsWith("centroids_by_class", StringComparison.Ordinal)).Value;
        int tile = _reference.GetProperty(name).GetProperty("tile").GetInt32();

        var centroids = ClassCentroids.Find([mask], tile, 19);

        Assert.AreEqual(19, expected.EnumerateObject().Count());
        foreach (var ofClass in expected.EnumerateObject())
        {
            var places = ofClass.Value.EnumerateArray().Select(place => new PlannedCrop(0, new Centroid(place[1].GetInt32(), place[0].GetInt32()))).ToArray();
            CollectionAssert.AreEqual(places, centroids[int.Parse(ofClass.Name, System.Globalization.CultureInfo.InvariantCulture)].ToArray(), $"class {ofClass.Name}");
        }
    }

    [TestMethod]
    public void Find_TwoMasks_NumbersThemAndLeavesOutTheRest()
    {
        // Tiles of 2: rows 0-1 and columns 0-1, 2-3; the last column is no whole tile.
        var first = new SegmentationMask(2, 5, [0, 0, 1, 255, 1, 0, 1, 1, 1, 1]);
        var second = new SegmentationMask(2, 2, [255, 255, 255, 2]);

        var centroids = ClassCentroids.Find([first, second], tile: 2, classCount: 3);

        // Class 0: pixels (0,0) (0,1) (1,0), mean (1/3, 1/3).
        CollectionAssert.AreEqual(new[] { new PlannedCrop(0, new Centroid(0, 0)) }, centroids[0].ToArray());
        // Class 1: (1,1) alone; then (0,2) (1,2) (1,3), mean (2/3, 7/3).
        CollectionAssert.AreEqual(new[] { new PlannedCrop(0, new Centroid(1, 1)), new PlannedCrop(0, new Centroid(0, 2)) }, centroids[1].ToArray());
        CollectionAssert.AreEqual(new[] { new PlannedCrop(1, new Centroid(1, 1)) }, centroids[2].ToArray());
    }

    [TestMethod]
    public void Find_MaskSmallerThanATile_HasNone() =>
        Assert.IsEmpty(ClassCentroids.Find(new SegmentationMask(2, 5, new byte[10]), tile: 3, classCount: 2));

    [TestMethod]
    public void File_WrittenAndRead_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        string path = folder["centroids.json"];
        var written = Three();

        CentroidFile.Write(path, "these masks", written);
        var read = CentroidFile.TryRead(path, "these masks");

        Assert.IsNotNull(read);
        Assert.AreEqual(3, read.ClassCount);
        for (int classId = 0; classId < 3; classId++)
            CollectionAssert.AreEqual(written[classId].ToArray(), read[classId].ToArray());
        Assert.IsNull(CentroidFile.TryRead(path, "other masks"));
        Assert.IsNull(CentroidFile.TryRead(path + "2", "these masks"));
    }

    [TestMethod]
    [DataRow("[7,11,13]", "[7,11,14]", DisplayName = "a number changed")]
    [DataRow("[7,11,13]", "null", DisplayName = "a class lost")]
    [DataRow("]]}", "", DisplayName = "cut off")]
    [DataRow("centroids-1", "centroids-0", DisplayName = "another format")]
    public void File_Damaged_IsNotRead(string part, string damage)
    {
        using var folder = new TemporaryFolder();
        string path = folder["centroids.json"];
        CentroidFile.Write(path, "these masks", Three());
        string content = File.ReadAllText(path);
        StringAssert.Contains(content, part, StringComparison.Ordinal);

        File.WriteAllText(path, content.Replace(part, damage, StringComparison.Ordinal));

        Assert.IsNull(CentroidFile.TryRead(path, "these masks"));
    }

    private static ClassCentroids Three() => new([[new(7, new Centroid(11, 13))], [], [new(1, new Centroid(2, 3)), new(4, new Centroid(5, 6))]]);
}
