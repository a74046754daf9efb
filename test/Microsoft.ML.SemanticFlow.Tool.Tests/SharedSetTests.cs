// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Tool.Commands;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>A data set that one process lists is the same in another.</summary>
[TestClass]
public sealed class SharedSetTests
{
    [TestMethod]
    public void ToView_OfOneSource_HasTheRowsAndWhatTheySay()
    {
        using var drawn = new DrawnDataset();
        var data = new MLContext().SemanticSegmentation.Data;
        var listed = data.Load(SegmentationDatasets.Folder, drawn.Root, DatasetSplit.Train, LabelMap.Load(drawn["classes.csv"]));

        AssertAlike(listed, Shared(listed));
    }

    // Files of one source hold raw ids, those of the other train ids.
    [TestMethod]
    public void ToView_OfSeveralSources_KeepsHowEachIsRead()
    {
        using DrawnDataset first = new(), second = new();
        second.Add("train", "six", [.. DrawnDataset.HalfAndHalf().Select(id => (byte)(id == 3 ? 0 : 1))]);
        foreach (string name in (string[])["one", "two", "three"])
        {
            File.Delete(second["train", "images", name + ".png"]);
            File.Delete(second["train", "labels", name + ".png"]);
        }

        var data = new MLContext().SemanticSegmentation.Data;
        var map = LabelMap.Load(first["classes.csv"]);
        var listed = data.Combine(
            ("one", data.Load(SegmentationDatasets.Folder, first.Root, DatasetSplit.Train, map)),
            ("two", data.Folder(second["train", "images"], second["train", "labels"], map, MaskIds.Train)));

        var shared = Shared(listed);

        AssertAlike(listed, shared);
        CollectionAssert.AreEqual(new[] { "one", "two" }, Texts(shared, "Source").Distinct().ToArray());
    }

    [TestMethod]
    public void Of_NoSet_IsNone() => Assert.IsNull(SharedSet.Of(null));

    private static IDataView Shared(IDataView listed) => JsonSerializer.Deserialize<SharedSet>(JsonSerializer.Serialize(SharedSet.Of(listed)))!.ToView(); // there is a set

    private static void AssertAlike(IDataView expected, IDataView actual)
    {
        CollectionAssert.AreEqual(expected.Schema.Select(column => column.Name).ToArray(), actual.Schema.Select(column => column.Name).ToArray());
        foreach (var column in expected.Schema)
            CollectionAssert.AreEqual(Texts(expected, column.Name), Texts(actual, column.Name));
        SegmentationMask[] masks = Masks(expected), others = Masks(actual);
        Assert.HasCount(masks.Length, others);
        foreach (var (mask, other) in masks.Zip(others))
        {
            Assert.IsTrue(mask.Ids.SequenceEqual(other.Ids));
            Assert.AreEqual(mask.Labels!.ToCsv(), other.Labels!.ToCsv()); // they are read with a map
        }
    }

    // Masks as training reads them: by the ids and the map of the view, and of each source.
    private static SegmentationMask[] Masks(IDataView view) =>
        [.. new MLContext().Transforms.SemanticFlow().LoadImagesAndMasks().Fit(view).Transform(view).GetColumn<SegmentationMask>("Label")];

    private static string[] Texts(IDataView view, string column) => [.. view.GetColumn<ReadOnlyMemory<char>>(column).Select(text => text.ToString())];
}
