// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.ObjectModel;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A folder for what a run leaves behind: checkpoints, log, records and the exported model.</summary>
/// <example>
/// <code>
/// var training = options with { Run = new TrainingRun("runs/mine") { Resume = true, TensorBoard = true } };
/// </code>
/// </example>
public sealed record TrainingRun
{
    /// <summary>Keeps a run in a folder.</summary>
    /// <param name="directory">The folder, made when missing.</param>
    public TrainingRun(string directory) => Directory = directory;

    /// <summary>The folder.</summary>
    public string Directory { get; init => field = Check.NotNull(value); }

    /// <summary>Whether to go on from the folder's last checkpoint, where there is one. Default false.</summary>
    public bool Resume { get; init; }

    /// <summary>Whether a resumed run may go on with other data than it had before. Default false: it is refused.</summary>
    /// <remarks>
    /// Data is known by the names, sizes and order of its files, or, of a view without the columns ImagePath and LabelPath, by the number of
    /// its rows and the pixels of up to 16 of them.
    /// </remarks>
    public bool AllowOtherData { get; init; }

    /// <summary>Whether curves and a few validation images are written for TensorBoard, into the folder <c>tensorboard</c>. Default false.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>TensorBoard's curves of training have a point after every so many steps, and at the end of an epoch. Default 10.</summary>
    public int TensorBoardInterval { get; init => field = Check.AtLeast(value, 1); } = 10;

    /// <summary>Whether <c>run.json</c> says where files lie, relative to the folder of the run. Default true; false keeps the files' names alone.</summary>
    /// <remarks>It is about the reason of a failure, and about the data of a run that the command line started; <see cref="Notes"/> are kept as they are.</remarks>
    public bool RecordPaths { get; init; } = true;

    /// <summary>What else <c>run.json</c> shall tell of this start, by name: a commit, a reason. Default nothing.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init => field = Check.NotNull(value); } = ReadOnlyDictionary<string, string>.Empty;
}
