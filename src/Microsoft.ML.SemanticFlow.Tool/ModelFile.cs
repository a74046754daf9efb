// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>Reads the model files that commands take.</summary>
internal static class ModelFile
{
    // Each worker scores its own image with one thread; that is faster than many threads on one image.
    private static readonly ScoringOptions _oneThread = new() { IntraOpThreads = 1 };

    public static SegmentationModel Load(Terminal terminal, string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no model file '{path}'.");
        return SegmentationModel.Load(path, _oneThread);
    }
}
