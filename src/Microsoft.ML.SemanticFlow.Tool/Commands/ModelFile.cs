// Licensed under the MIT License.
// See LICENSE in the project root for license information.


namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>Reads the model files that commands take.</summary>
internal static class ModelFile
{
    /// <summary>Reads an exported ONNX file, or the zip of a pipeline that holds one.</summary>
    public static SegmentationModel Load(Terminal terminal, string path) => Load(terminal, path, new ExecutionOptions { IntraOpThreads = 1 }, out _);

    /// <summary>Reads a model, and how the pipeline in a zip applies it; an ONNX file alone is applied once to the whole image.</summary>
    /// <param name="terminal">Shows ML.NET's log when asked to.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How the model runs.</param>
    /// <param name="inference">How the pipeline applies the model.</param>
    public static SegmentationModel Load(Terminal terminal, string path, ExecutionOptions options, out InferenceOptions inference)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no model file '{path}'.");
        inference = new InferenceOptions();
        if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            return SegmentationModel.Load(path, options);

        using var scorer = LoadZip(terminal, path);
        inference = scorer.Inference;
        return scorer.Model.OpenSession(options);
    }

    private static SemanticFlowTransformer LoadZip(Terminal terminal, string path)
    {
        ITransformer loaded;
        var context = terminal.CreateContext();
        try
        {
            loaded = context.Model.Load(path, out _);
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
