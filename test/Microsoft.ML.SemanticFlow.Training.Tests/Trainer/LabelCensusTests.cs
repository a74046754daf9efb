// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

/// <summary>Masks that do not hold what their label map says.</summary>
[TestClass]
[DoNotParallelize]
public sealed class LabelCensusTests : IDisposable
{
    private const int Size = 64;

    private readonly TinyScenes _scenes = new(2);

    public void Dispose() => _scenes.Dispose();

    [TestMethod]
    public void Fit_EveryPixelIgnored_IsRefused()
    {
        DrawMasks(255, 255);

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => Fit(TinyRun.Options with { AllowEmptyClasses = true }));

        StringAssert.StartsWith(thrown.Message, "No pixel of the training masks counts", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_ClassWithoutAPixel_IsRefusedByName()
    {
        DrawMasks(0, 2);

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => Fit(TinyRun.Options));

        StringAssert.StartsWith(thrown.Message, "No training mask has a pixel of 'disk'. Correct", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_BlackAndWhiteMasks_SaysHowToRead255()
    {
        DrawMasks(0, 255);

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => Fit(TinyRun.Options));

        StringAssert.Contains(thrown.Message, "of 'disk', 'box'", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "raw_id 255", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_EmptyClassThatIsAllowed_TrainsAndWarns()
    {
        DrawMasks(0, 2);

        string warning = Fit(TinyRun.Options with { Epochs = 1, AllowEmptyClasses = true }).Single();

        StringAssert.StartsWith(warning, "No training mask has a pixel of 'disk'.", StringComparison.Ordinal);
    }

    // One row of 64 is of each class.
    [TestMethod]
    public void Fit_MostPixelsIgnored_Warns()
    {
        var ids = Enumerable.Repeat((byte)255, Size * Size).ToArray();
        for (int classId = 0; classId < 3; classId++)
            Array.Fill(ids, (byte)classId, classId * Size, Size);
        DrawMasks(ids);

        StringAssert.StartsWith(Fit(TinyRun.Options with { Epochs = 1 }).Single(), "95 % of the training pixels are ignored", StringComparison.Ordinal);
    }

    [TestMethod]
    public void FindLearningRate_ClassWithoutAPixel_IsRefused()
    {
        DrawMasks(0, 2);
        var context = new MLContext(1);

        Assert.ThrowsExactly<InvalidDataException>(() => context.SemanticSegmentation.Trainers.SemanticFlow(TinyRun.Options).FindLearningRate(_scenes.Rows(context)));
    }

    private void DrawMasks(byte upper, byte lower) => DrawMasks([.. Enumerable.Repeat(upper, Size * Size / 2), .. Enumerable.Repeat(lower, Size * Size / 2)]);

    private void DrawMasks(byte[] ids)
    {
        for (int i = 0; i < 2; i++)
            new SegmentationMask(Size, Size, ids, TinyScenes.Labels).Save(Path.Combine(_scenes.Masks, $"{i:d3}.png"));
    }

    // The warnings.
    private List<string> Fit(SemanticFlowTrainerOptions options)
    {
        var context = new MLContext(1);
        var warnings = new List<string>();
        context.Log += (_, entry) =>
        {
            if (entry.Kind is Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(entry.RawMessage);
        };
        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(_scenes.Rows(context));
        return warnings;
    }
}
