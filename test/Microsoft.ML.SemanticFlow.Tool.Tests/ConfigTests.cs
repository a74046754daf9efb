// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary><c>--config</c>: options from a file.</summary>
[TestClass]
public sealed class ConfigTests
{
    private const string Network = "sfnet-dfv1"; // the smallest

    [TestMethod]
    [DataRow("""{ "classes": 7, "height": 64, "width": 96 }""", 7)]
    [DataRow("""{ "--classes": "7", "--height": 64, "--width": 96, /* a note */ "--json": false, }""", 7)]
    [DataRow("""{ "classes": 7, "height": 64, "width": 96 }""", 5, "--classes", "5")]
    public void Config_FileOfOptions_IsReadAndTheCommandLineWins(string text, int classes, params string[] more)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["o.json"], text);

        var byFile = CommandLine.Run(["networks", Network, "--config", folder["o.json"], .. more]);
        var byWords = CommandLine.Run("networks", Network, "--classes", $"{classes}", "--height", "64", "--width", "96");

        Assert.AreEqual(ExitCode.Done, byFile.Code, byFile.Error);
        Assert.AreEqual(byWords.Output, byFile.Output);
        Assert.AreNotEqual(CommandLine.Run("networks", Network).Output, byFile.Output);
    }

    [TestMethod]
    [DataRow("""{ "clases": 7 }""", ExitCode.Usage, "There is no option '--clases'. Did you mean --classes?")]
    [DataRow("""{ "classes": "many" }""", ExitCode.Usage, "--classes takes a whole number, not 'many'.")]
    [DataRow("""{ "classes": { "count": 7 } }""", ExitCode.BadInput, "--classes must be a text, a number, true, false, or a list of those, not")]
    [DataRow("""{ "classes": 7, "--classes": 8 }""", ExitCode.BadInput, "says --classes twice")]
    [DataRow("""{ "classes": 7, "classes": 8 }""", ExitCode.BadInput, "is no JSON")]
    [DataRow("""[ "--classes", 7 ]""", ExitCode.BadInput, "holds no options")]
    [DataRow("""{ "classes" """, ExitCode.BadInput, "is no JSON")]
    [DataRow("""{ "starts": [ { "notes": { } } ] }""", ExitCode.BadInput, "records no options")]
    public void Config_FileThatIsWrong_IsNamedWithWhatIsWrong(string text, int code, string sentence)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["o.json"], text);

        var result = CommandLine.Run("networks", "--config", folder["o.json"]);

        Assert.AreEqual(code, result.Code, result.Error);
        StringAssert.Contains(result.Sentence, sentence);
        StringAssert.Contains(result.Sentence, folder["o.json"]);
    }

    // Editors of Windows write the mark, and may write UTF-16.
    [TestMethod]
    public void Config_FileOfAnotherEncoding_IsReadOrNamed()
    {
        using var folder = new TemporaryFolder();
        const string Text = """{ "classes": 7 }""";
        File.WriteAllText(folder["marked.json"], Text, System.Text.Encoding.UTF8);
        File.WriteAllText(folder["wide.json"], Text, System.Text.Encoding.Unicode);

        var marked = CommandLine.Run("networks", Network, "--config", folder["marked.json"]);
        var wide = CommandLine.Run("networks", Network, "--config", folder["wide.json"]);

        Assert.AreEqual(CommandLine.Run("networks", Network, "--classes", "7").Output, marked.Output, marked.Error);
        Assert.AreEqual(ExitCode.BadInput, wide.Code);
        StringAssert.Contains(wide.Sentence, "Save the file as UTF-8.");
    }

    [TestMethod]
    public void Config_FileThatIsNotThere_IsNamed() =>
        StringAssert.Contains(CommandLine.Run("networks", "--config", "nowhere.json").Sentence, "there is no file 'nowhere.json'");

    [TestMethod]
    public void Config_MistakeOfTheCommandLine_IsNotTheFiles()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["o.json"], """{ "classes": 7 }""");

        string sentence = CommandLine.Run("networks", "--hight", "4", "--config", folder["o.json"]).Sentence;

        StringAssert.StartsWith(sentence, "There is no option '--hight'. Did you mean --height?");
    }

    [TestMethod]
    public void Train_ConfigOfARun_TakesItsOptionsAndPaths()
    {
        using var data = new TinyDataset();
        string record = RecordOf(data), second = data.At("runs", "second");

        var again = CommandLine.Run("train", "--config", record, "--output", second, "--lr", "0.0025");

        Assert.AreEqual(ExitCode.Done, again.Code, again.Error);
        Assert.AreEqual(("0.0025", "64"), (OptionOf(second, "LearningRate"), OptionOf(second, "CropHeight")));
        StringAssert.Contains(again.Error, "on 4 images (2 to validate)");
    }

    // The data that the run had says nothing beside other data.
    [TestMethod]
    public void Train_ConfigOfARunAndOtherData_LeavesItsDataOut()
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run("train", "--config", RecordOf(data), "--output", data.At("runs", "other"), "--sources", $"one={data.At("nowhere")}");

        Assert.AreEqual(ExitCode.BadInput, result.Code, result.Error);
        StringAssert.Contains(result.Error, data.At("nowhere"));
    }

    // As run.json holds them, of a run in runs/first.
    private static string RecordOf(TinyDataset data)
    {
        string record = Path.Combine(Directory.CreateDirectory(data.At("runs", "first")).FullName, "run.json");
        var notes = new Dictionary<string, string>
        {
            ["--preset"] = "paper",
            ["--data"] = "../..",
            ["--map"] = TinyDataset.Map,
            ["--network"] = "sfnet-dfv1",
            ["--epochs"] = "1",
            ["--batch"] = "2",
            ["--crop"] = "64,64",
            ["--lr"] = "0.00125",
            ["--threads"] = "1",
            ["--seed"] = "3",
            ["paths"] = "relative to this folder",
        };
        File.WriteAllText(record, JsonSerializer.Serialize(new { options = new { LearningRate = "0.00125" }, starts = new[] { new { notes } } }));
        return record;
    }

    private static string? OptionOf(string run, string name)
    {
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "run.json")));
        return record.RootElement.GetProperty("options").GetProperty(name).GetString();
    }
}
