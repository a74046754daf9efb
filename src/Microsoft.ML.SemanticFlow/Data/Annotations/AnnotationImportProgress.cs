// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How far an import is.</summary>
/// <param name="Done">Images that are done.</param>
/// <param name="Total">All images.</param>
/// <example>
/// <code>
/// var options = new AnnotationImportOptions
/// {
///     Progress = new Progress&lt;AnnotationImportProgress>(progress => Console.Error.WriteLine($"{progress.Done} of {progress.Total}")),
/// };
/// </code>
/// </example>
public readonly record struct AnnotationImportProgress(int Done, int Total);
