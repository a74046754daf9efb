// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Recipes;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A share of an epoch's crops that is balanced over classes: as many for each, drawn around its centroids.</summary>
/// <remarks>
/// Where the training set does not fit into <see cref="TrainingExecution.CacheMegabytes"/>, the centroids take a pass over all masks before the
/// first epoch; they are kept in the run's folder for a resumed run. Classes that no tile holds add nothing, and make an epoch shorter.
/// </remarks>
/// <example>
/// <code>
/// var training = options with { Sampling = new ClassUniformSampling { Fraction = 0.5, Tile = 64 } };    // images smaller than a tile have no centroids
/// </code>
/// </example>
public sealed record ClassUniformSampling : IRecipePart
{
    /// <summary>The share, more than 0, at most 1. Default 0.5, as in the authors' code.</summary>
    [Fingerprint("ClassUniformFraction")]
    public double Fraction { get; init => field = Check.Share(value); } = 0.5;

    /// <summary>Centroids are taken over square tiles of this side, in pixels; images with a shorter side have none. Default 1024.</summary>
    [Fingerprint("ClassUniformTile")]
    public int Tile { get; init => field = Check.AtLeast(value, 1); } = 1024;

    /// <summary>More images for some of the classes; null for none.</summary>
    [Fingerprint("BoostClasses", Absent = "")]
    public ClassBoost? Boost { get; init; }
}

/// <summary>More images, crops of which are drawn only around some classes: for rare classes, and masks too coarse to train on whole.</summary>
/// <remarks>
/// There are as many crops of a class as without: they are drawn from the centroids of both sets. Paths are read as those of the
/// <see cref="SemanticFlowTrainerOptions.ValidationSet"/> are, and pass by the pipeline as they do.
/// </remarks>
/// <example>
/// <code>
/// var training = options with { Sampling = new ClassUniformSampling { Tile = 64, Boost = new ClassBoost(val, "Pole", "Pedestrian") } };
/// </code>
/// </example>
public sealed record ClassBoost : IRecipePart
{
    /// <summary>Draws crops from a set around classes.</summary>
    /// <param name="set">Images and masks, with the columns of the training set or those of a dataset reader's paths.</param>
    /// <param name="classes">Names of the classes, at least one.</param>
    public ClassBoost(IDataView set, params IReadOnlyList<string> classes)
    {
        Set = Check.NotNull(set, nameof(set));
        Classes = Check.NotEmpty(classes, nameof(classes));
    }

    /// <summary>Images and masks.</summary>
    [Fingerprint(null)]
    public IDataView Set { get; }

    /// <summary>Names of the classes that crops are drawn around.</summary>
    [Fingerprint("BoostClasses")]
    public IReadOnlyList<string> Classes { get; }
}
