// Licensed under the MIT License.
// See LICENSE in the project root for license information.


namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>Reads the model files that commands take.</summary>
internal static class ModelFile
{
    // Each worker scores its own image with one thread; that is faster than many threads on one image.
    private static readonly ScoringOptions _oneThread = new() { IntraOpThreads = 1 };

    /// <summary>Reads an exported ONNX file, or the zip of a pipeline that holds one.</summary>
    public static SegmentationModel Load(Terminal terminal, string path) => Load(terminal, path, out _);

    /// <summary>Reads a model, and how the pipeline in a zip applies it; an ONNX file alone is applied once to the whole image.</summary>
    public static SegmentationModel Load(Terminal terminal, string path, out InferenceOptions inference)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no model file '{path}'.");
        inference = new InferenceOptions();
        if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            return SegmentationModel.Load(path, _oneThread);

        var scorer = LoadZip(terminal, path);
        inference = scorer.Inference;
        return scorer.Model;
    }

    private static SemanticFlowTransformer LoadZip(Terminal terminal, string path)
    {
        ITransformer loaded;
        try
        {
            loaded = terminal.CreateContext().Model.Load(path, out _);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or InvalidDataException or ArgumentException)
        {
            throw new InvalidDataException($"'{path}' is not a model that ML.NET saved, or it is damaged.", exception);
        }

        return Scorers(loaded).LastOrDefault()
            ?? throw new InvalidDataException($"The pipeline in '{path}' holds no segmentation model.");
    }

    private static IEnumerable<SemanticFlowTransformer> Scorers(ITransformer transformer) => transformer switch
    {
        SemanticFlowTransformer scorer => [scorer],
        IEnumerable<ITransformer> chain => chain.SelectMany(Scorers),
        _ => [],
    };
}
