// Licensed under the MIT License.
// See LICENSE in the project root for license information.


namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>Reads the model files that commands take.</summary>
internal static class ModelFile
{
    /// <summary>Reads an exported ONNX file, or the zip of a pipeline that holds one.</summary>
    public static SegmentationModel Load(Terminal terminal, string path) => Load(terminal, path, new ExecutionOptions { IntraOpThreads = 1 }, out _);

    /// <summary>Reads a model, and how the pipeline in a zip applies it; an ONNX file alone is applied as it says itself.</summary>
    /// <param name="terminal">Shows ML.NET's log when asked to.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How the model runs.</param>
    /// <param name="inference">How the pipeline, or the file, applies the model.</param>
    public static SegmentationModel Load(Terminal terminal, string path, ExecutionOptions options, out InferenceOptions inference)
    {
        path = InRun(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no model file '{path}'.");
        if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            var model = SegmentationModel.Load(path, options);
            inference = model.Inference;
            return model;
        }

        using var scorer = LoadZip(terminal, path);
        inference = scorer.Inference;
        return scorer.Model.OpenSession(options);
    }

    // The folder of a run stands for the model that it exported.
    private static string InRun(string path)
    {
        if (!Directory.Exists(path))
            return path;
        string model = Path.Combine(path, "model.onnx");
        return File.Exists(model)
            ? model
            : throw new FileNotFoundException(
                $"The folder '{path}' holds no model.onnx. Name a model file, or the folder of a run that has ended; " +
                $"'semanticflow export --model {path}' makes a file of one that has not.");
    }

    private static SemanticFlowTransformer LoadZip(Terminal terminal, string path)
    {
        ITransformer loaded;
        var context = terminal.CreateContext();
        using var file = RegularFile.OpenRead(path, bufferSize: 1 << 16); // a zip's directory is read in small pieces
        try
        {
            loaded = context.Model.Load(file, out _);
        }
#pragma warning disable CA1031 // ML.NET throws whatever a damaged file makes its readers throw, through reflection too
        catch (Exception exception) when (NativeLibraries.Sentence(exception) is null && exception is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            throw new InvalidDataException($"'{path}' is not a model that ML.NET saved, it is damaged, or a later version wrote it: {Fault.SentenceOf(exception)}", exception);
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
