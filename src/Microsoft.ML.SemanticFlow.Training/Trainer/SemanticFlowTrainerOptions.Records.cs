// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.ObjectModel;

namespace Microsoft.ML.SemanticFlow;

/// <content>What a run leaves behind.</content>
public sealed partial record SemanticFlowTrainerOptions
{
    /// <summary>Whether a resumed run may go on with other data than it had before. Default false: it is refused.</summary>
    /// <remarks>
    /// Data is known by the names, sizes and order of its files, or, of a view without the columns ImagePath and LabelPath, by the number of
    /// its rows and the pixels of up to 16 of them.
    /// </remarks>
    public bool AllowOtherData { get; init; }

    /// <summary>Whether curves and a few validation images are written for TensorBoard, into the folder <c>tensorboard</c> of <see cref="RunDirectory"/>. Default false.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>The curves of training have a point after every so many steps, and at the end of an epoch. Default 10.</summary>
    public int TensorBoardInterval { get; init => field = Check.AtLeast(value, 1); } = 10;

    /// <summary>What else <c>run.json</c> shall tell of this start, by name: a commit, a reason. Default nothing.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init => field = Check.NotNull(value); } = ReadOnlyDictionary<string, string>.Empty;
}
