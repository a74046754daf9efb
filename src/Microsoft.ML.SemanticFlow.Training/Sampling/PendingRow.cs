// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>A row of a view whose cursor may have moved on.</summary>
/// <param name="Id">The row, in whatever order the view is read.</param>
/// <param name="Read">Makes its value, on any thread; faults surface here, unless they are skipped.</param>
internal sealed record PendingRow<T>(DataViewRowId Id, Func<T> Read);
