// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Benchmarks;

switch (args)
{
    case ["step", .. var options]:
        TrainingStep.Run(new BenchmarkOptions(options));
        return 0;
    case ["trainer", .. var options]:
        TrainerOverhead.Run(new BenchmarkOptions(options));
        return 0;
    case ["soak", .. var options]:
        Soak.Run(new BenchmarkOptions(options));
        return 0;
    case ["scoring", .. var networks]:
        foreach (string network in networks.DefaultIfEmpty("sfnet-dfv1"))
            ScoringBenchmark.Run(network, turns: 15);
        return 0;
    case ["softmax", .. var options]:
        SoftmaxBenchmark.Run(new BenchmarkOptions(options));
        return 0;
    case ["exports", .. var options]:
        ExportedGraphs.Run(new BenchmarkOptions(options));
        return 0;
    case ["folder", .. var options]:
        FolderScoring.Run(new BenchmarkOptions(options));
        return 0;
    case ["networks", .. var options]:
        string folder = new BenchmarkOptions(options).Text("checkpoints", "");
        NetworkReport.Run(folder.Length > 0 ? folder : null, options is ["--checkpoints", _, .. var named] ? named : options);
        return 0;
    case ["readers", .. var options]:
        ReaderSpeed.Run(new BenchmarkOptions(options));
        return 0;
    case ["inspect", .. var options]:
        ReaderSpeed.Inspect(new BenchmarkOptions(options));
        return 0;
    case ["augmentation", .. var options]:
        return AugmentationBenchmark.Run(new BenchmarkOptions(options)) ? 0 : 1;
    case ["evaluation", .. var options]:
        EvaluationBenchmark.Run(new BenchmarkOptions(options));
        return 0;
    case ["processes", .. var options]:
        ProcessesBenchmark.Run(new BenchmarkOptions(options));
        return 0;
    case ["cold-one", var kind, var model, var image, var mask, var scale]:
        ColdStart.One(kind, model, image, mask, double.Parse(scale, System.Globalization.CultureInfo.InvariantCulture));
        return 0;
    case ["cold", .. var options]:
        ColdStart.Run(new BenchmarkOptions(options));
        return 0;
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release -- step [--network sfnet-lite-r18] [--crop 320] [--batch 8] [--rounds 7] [--threads N] [--pytorch CHECKOUT] [--python /usr/bin/python3]
              step   a training step by number format and layout, a plain TorchSharp loop's and, with a checkout of lxtGH/SFSegNets, PyTorch's, in turns
            or:    dotnet run -c Release -- trainer [--network sfnet-dfv1] [--crop 256] [--batch 4] [--rounds 6] [--threads 1] [--height 360] [--width 480]
              trainer   epochs of the trainer that decode and augment PNG files alongside, against a plain TorchSharp loop on tensors in memory
            or:    dotnet run -c Release -- soak [--output .] [--network sfnet-dfv1] [--steps 2000] [--crop 64] [--batch 4]
              soak   trains on drawn scenes and writes resident memory every 20 steps as CSV and SVG
            or:    dotnet run -c Release -- scoring [NETWORK ...]
              scoring   our scorer and the stock ApplyOnnxModel, one after another in each of 15 rounds at 512x1024
            or:    dotnet run -c Release -- softmax [--height 1024] [--width 2048] [--stride 32] [--turns 7]
              softmax   confidence and probabilities from logits, fused and from enlarged planes, on one thread
            or:    dotnet run -c Release -- exports [--network sfnet-lite-r18,sfnet-dfv1] [--height 512] [--width 1024] [--rounds 7]
              exports   a plain export of a network and ours, of a fixed size, of any and in int8, on one thread
            or:    dotnet run -c Release -- folder [--network sfnet-dfv1] [--kind png|jpg] [--files 50] [--rounds 3] [--only ROUTES]
              folder   image files to mask files: ours on all cores, ML.NET's stock transforms, and decoding and the network alone
            or:    dotnet run -c Release -- networks [--checkpoints FOLDER] [NETWORK ...]
              networks   each network against the authors' logits and against its ONNX files; seconds of an import
            or:    dotnet run -c Release -- readers [--kind camvid] [--data camvid] [--rounds 5]
              readers   rows a second: images and masks of a data set by our reader, its images alone by the stock LoadImages
            or:    dotnet run -c Release -- inspect [--files 1000] [--rounds 3] [--height 1024] [--width 2048]
              inspect   a look at a data set against decoding its files alone
            or:    dotnet run -c Release -- augmentation [--rounds 7] [--crops 8]
              augmentation   training crops by one thread, and the same operations one whole image after another; checks that they agree
            or:    dotnet run -c Release -- evaluation [--height 1024] [--width 2048] [--rounds 5] [--files 100] [--python /usr/bin/python3]
              evaluation   confusion matrix and boundary F against NumPy's and the original's, and a folder's masks against decoding alone
            or:    mpirun -n 2 dotnet exec …Benchmarks.dll processes [--network sfnet-lite-r18] [--crop 256] [--batch 4] [--rounds 15]
              processes   a training step of each process for itself and of all together, in turns; what a message costs
            or:    dotnet run -c Release -- cold --model M.onnx --image FILE [--scale 1] [--rounds 9]
              cold   processes from their start to the first mask: ours, and ONNX Runtime's session alone
            """);
        return 1;
}
