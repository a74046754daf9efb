// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Benchmarks;

switch (args)
{
    case ["step", .. var options]:
        TrainingStep.Run(new BenchmarkOptions(options));
        return 0;
    case ["soak", .. var options]:
        Soak.Run(new BenchmarkOptions(options));
        return 0;
    case ["scoring", .. var networks]:
        foreach (string network in networks.DefaultIfEmpty("sfnet-dfv1"))
            ScoringBenchmark.Run(network, turns: 15);
        return 0;
    case ["networks", .. var options]:
        string folder = new BenchmarkOptions(options).Text("checkpoints", "");
        NetworkReport.Run(folder.Length > 0 ? folder : null, options is ["--checkpoints", _, .. var named] ? named : options);
        return 0;
    case ["augmentation", .. var options]:
        return AugmentationBenchmark.Run(new BenchmarkOptions(options)) ? 0 : 1;
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release -- step [--network sfnet-lite-r18] [--crop 320] [--batch 8] [--rounds 7] [--threads N]
              step   a training step in float32, channels-last, bfloat16, and both, one after another in each round
            or:    dotnet run -c Release -- soak [--output .] [--network sfnet-dfv1] [--steps 2000] [--crop 64] [--batch 4]
              soak   trains on drawn scenes and writes resident memory every 20 steps as CSV and SVG
            or:    dotnet run -c Release -- scoring [NETWORK ...]
              scoring   our scorer and the stock ApplyOnnxModel, one after another in each of 15 rounds at 512x1024
            or:    dotnet run -c Release -- networks [--checkpoints FOLDER] [NETWORK ...]
              networks   each network against the authors' logits and against its ONNX files; seconds of an import
            or:    dotnet run -c Release -- augmentation [--rounds 7] [--crops 8]
              augmentation   training crops by one thread, and the same operations one whole image after another; checks that they agree
            """);
        return 1;
}
