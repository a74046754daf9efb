// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>What goes on around a row while it is computed.</summary>
/// <param name="IsParallel">Whether other rows are computed at the same time: then one thread for each is fastest.</param>
/// <param name="Stop">Cancelled when nobody will read the row any more.</param>
internal readonly record struct RowContext(bool IsParallel, CancellationToken Stop);
