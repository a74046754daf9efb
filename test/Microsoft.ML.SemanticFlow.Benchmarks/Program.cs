// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Benchmarks;

switch (args)
{
    case ["step", .. var options]:
        TrainingStep.Run(new BenchmarkOptions(options));
        return 0;
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release -- step [--network sfnet-lite-r18] [--crop 320] [--batch 8] [--rounds 7] [--threads N]
              step   a training step in float32, channels-last, bfloat16, and both, one after another in each round
            """);
        return 1;
}
