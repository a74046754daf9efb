// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Reports;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>What the page of a run is drawn from.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Record">Its <c>run.json</c>.</param>
/// <param name="Log">A row an epoch.</param>
/// <param name="Validations">A row a validation.</param>
/// <param name="Validated">The counts of the best validation; null before the first.</param>
internal sealed record RunPageContent(string Folder, RunRecord Record, RunTable Log, RunTable Validations, ReportContent? Validated);
