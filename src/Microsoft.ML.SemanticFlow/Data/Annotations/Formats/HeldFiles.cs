// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>Files that stay open while images are read.</summary>
internal sealed class HeldFiles : IDisposable
{
    private readonly List<IDisposable> _files = [];

    public void Add(IDisposable file) => _files.Add(file);

    public void Dispose() => _files.ForEach(file => file.Dispose());
}
