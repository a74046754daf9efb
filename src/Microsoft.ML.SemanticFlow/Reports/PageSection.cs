// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>A part of a page, which links lead to.</summary>
/// <param name="Id">The fragment of its address.</param>
/// <param name="Link">A word or two that lead to it.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Write">Writes what stands below the heading.</param>
internal sealed record PageSection(string Id, string Link, string Title, Action<HtmlPage> Write);
