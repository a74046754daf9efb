// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Fuzz;
using SharpFuzz;

switch (args)
{
    case ["run", var name] when FuzzTargets.All.TryGetValue(name, out var read):
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            Bounds.Check(read, copy.ToArray());
        });
        return 0;
    case ["replay", var name, .. var files] when FuzzTargets.All.TryGetValue(name, out var read):
        foreach (string file in files)
        {
            Console.WriteLine(file);
            Bounds.Check(read, File.ReadAllBytes(file));
        }

        return 0;
    case ["seeds", var folder]:
        Seeds.Write(folder);
        return 0;
    default:
        Console.Error.WriteLine($"run TARGET | replay TARGET FILE... | seeds FOLDER, where TARGET is {string.Join(", ", FuzzTargets.All.Keys)}");
        return 1;
}
