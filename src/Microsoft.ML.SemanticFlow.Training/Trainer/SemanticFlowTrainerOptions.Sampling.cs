// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <content>Which crops an epoch has.</content>
public sealed partial record SemanticFlowTrainerOptions
{
    /// <summary>
    /// The share of an epoch's crops that is balanced over classes: as many for each, drawn around its centroids. Default 0, every image once an
    /// epoch; the authors' code uses 0.5.
    /// </summary>
    /// <remarks>
    /// Where the training set does not fit into <see cref="CacheMegabytes"/>, the centroids take a pass over all masks before the first epoch;
    /// they are kept in <see cref="RunDirectory"/> for a resumed run. Classes that no tile holds add nothing, and make an epoch shorter.
    /// </remarks>
    public double ClassUniformFraction { get; init => field = Check.Within(value, 0, 1); }

    /// <summary>Centroids are taken over square tiles of this side, in pixels; images with a shorter side have none. Default 1024.</summary>
    public int ClassUniformTile { get; init => field = Check.AtLeast(value, 1); } = 1024;

    /// <summary>
    /// More images and masks, with the columns of the training set or those of a dataset reader's paths: crops are drawn from them only around
    /// the <see cref="BoostClasses"/>. Default null. It is for rare classes, and masks too coarse to train on whole.
    /// </summary>
    /// <remarks>Paths are read as those of the <see cref="ValidationSet"/> are, and pass by the pipeline as they do.</remarks>
    public IDataView? BoostSet { get; init; }

    /// <summary>Names of the classes that crops are drawn around in the <see cref="BoostSet"/> too. Default none.</summary>
    /// <remarks>As many crops of a class as without: they are drawn from the centroids of both sets.</remarks>
    public IReadOnlyList<string> BoostClasses { get; init => field = Check.NotNull(value); } = [];

    /// <summary>The shorter side of each image is scaled to this many pixels before the random scale. Default null: images keep their size.</summary>
    public int? ShorterSide { get; init => field = Check.AtLeast(value, 1); }
}
