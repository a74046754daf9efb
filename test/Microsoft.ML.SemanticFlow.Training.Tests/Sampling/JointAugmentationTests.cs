// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using CsCheck;
using Microsoft.ML.SemanticFlow.Benchmarks;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Sampling;

[TestClass]
public sealed class JointAugmentationTests
{
    private static readonly LabelledImage _sample = new(
        new PixelImage(96, 144, PixelAssert.ToBgra(GoldenFormula.Images("aug", 1, 96, 144))),
        new SegmentationMask(96, 144, GoldenFormula.Labels("auglab", 1, 96, 144)));

    [TestMethod]
    public void Apply_CropsOfTheReference_EqualsThemAndDrawsFromTheSameRanges()
    {
        foreach (var run in GoldenData.Json("training_data", "transforms.json").GetProperty("random_size_and_crop").EnumerateArray())
        {
            int crop = run.GetProperty("crop").GetInt32();
            string imageFile = run.GetProperty("image").GetString()!;
            string labelFile = run.GetProperty("label").GetString()!;
            var options = new AugmentationOptions
            {
                CropHeight = crop,
                CropWidth = crop,
                ShorterSide = run.GetProperty("pre_size") is { ValueKind: JsonValueKind.Number } size ? size.GetInt32() : null,
            };
            Centroid? around = run.GetProperty("centroid_xy") is { ValueKind: JsonValueKind.Array } xy ? new Centroid(xy[1].GetInt32(), xy[0].GetInt32()) : null;
            var calls = new Queue<JsonElement>(run.GetProperty("random_calls").EnumerateArray());
            double scale = calls.Dequeue().GetProperty("value").GetDouble();
            var (pixels, ids) = (new byte[crop * crop * 4], new byte[crop * crop]);

            var plan = AugmentationPlan.ForCrop(options, 96, 144, scale, around, (least, most) =>
            {
                var call = calls.Dequeue();
                Assert.AreEqual((call.GetProperty("a").GetInt32(), call.GetProperty("b").GetInt32()), (least, most), imageFile);
                return call.GetProperty("value").GetInt32();
            });
            JointAugmentation.Apply(_sample, plan, pixels, ids);

            Assert.IsEmpty(calls, imageFile);
            PixelAssert.AreEqual(GoldenData.Bytes("training_data", imageFile), PixelAssert.ToRgb(pixels), crop, 3, imageFile);
            PixelAssert.AreEqual(GoldenData.Bytes("training_data", labelFile), ids, crop, 1, labelFile);
        }
    }

    [TestMethod]
    public void Draw_BlurOfTheReference_HasItsSigma()
    {
        var options = new AugmentationOptions { CropHeight = 32, CropWidth = 32, ColorJitter = 0, HueJitter = 0, GaussianBlur = true };

        foreach (var step in GoldenData.Json("training_data", "transforms.json").GetProperty("gaussian_blur").EnumerateArray())
        {
            var plan = AugmentationPlan.Draw(options, 96, 144, around: null, new FixedRandom(step.GetProperty("random").GetDouble()));

            Assert.AreEqual(step.GetProperty("sigma").GetDouble(), plan.BlurSigma!.Value, 1e-15); // GaussianBlur asks for it
        }
    }

    [TestMethod]
    public void ForCrop_SizeOfTheCrop_DrawsNothing()
    {
        var plan = AugmentationPlan.ForCrop(Crop(96, 144), 48, 72, 2, new Centroid(5, 5), (_, _) => throw new InvalidOperationException("drawn"));

        Assert.AreEqual(new PixelBox(0, 0, 96, 144), plan.Crop);
    }

    [TestMethod]
    public void Draw_AroundACentroid_PutsTheCropBesideOrOverIt()
    {
        var options = new AugmentationOptions { CropHeight = 32, CropWidth = 64, ScaleMin = 1.5, ScaleMax = 1.5 };
        Gen.Select(Gen.Int[0, 199], Gen.Int[0, 299], Gen.Int).Sample((y, x, seed) =>
        {
            var plan = AugmentationPlan.Draw(options, 200, 300, new Centroid(y, x), new Random(seed));

            // The scaled centroid lies in the crop, or right behind its last row or column: both ends are drawn.
            Assert.IsInRange(plan.Crop.Top, plan.Crop.Top + 32, (int)(y * 1.5));
            Assert.IsInRange(plan.Crop.Left, plan.Crop.Left + 64, (int)(x * 1.5));
        });
    }

    [TestMethod]
    public void Apply_CropFileOfThisProject_EqualsIt()
    {
        var plan = AugmentationPlan.ForCrop(Crop(64, 64), 96, 144, 1.5499999999999998, around: null, (_, last) => last == 159 ? 109 : 52);
        var (pixels, ids) = (new byte[64 * 64 * 4], new byte[64 * 64]);

        JointAugmentation.Apply(_sample, plan, pixels, ids);

        PixelAssert.AreEqual(TestFiles.Bytes("crop2_image_64x64x3.u8"), PixelAssert.ToRgb(pixels), 64, 3, "image");
        PixelAssert.AreEqual(TestFiles.Bytes("crop2_label_64x64.u8"), ids, 64, 1, "label");
    }

    /// <summary>Cropping first, tables and vectors change no byte: the same as whole images, one plain step after another.</summary>
    [TestMethod]
    public void Apply_AnyPlan_EqualsPlainStepsOnWholeImages()
    {
        var options = new AugmentationOptions { CropHeight = 32, CropWidth = 40, ScaleMin = 0.3, ScaleMax = 2.5, GaussianBlur = true };
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 70], Gen.Int).Sample((height, width, seed) =>
        {
            var random = new Random(seed);
            var sample = new LabelledImage(new PixelImage(height, width), new SegmentationMask(height, width, RandomBytes(height * width, random)));
            random.NextBytes(sample.Image.Bgra);
            for (int i = 3; i < sample.Image.Bgra.Length; i += 4)
                sample.Image.Bgra[i] = 255;
            var plan = AugmentationPlan.Draw(options, height, width, around: null, random);
            var (pixels, ids) = (new byte[32 * 40 * 4], new byte[32 * 40]);
            var (planes, labels) = (new float[32 * 40 * 3], new long[32 * 40]);
            var expected = NaiveAugmentation.Apply(sample, plan);

            JointAugmentation.Apply(sample, plan, pixels, ids);
            new JointAugmentation(options).Apply(sample, plan, planes, labels, channelsLast: false);

            PixelAssert.AreEqual(expected.Bgra, pixels, 40, 4, $"{plan}");
            PixelAssert.AreEqual(expected.Ids, ids, 40, 1, $"{plan}");
            Assert.IsTrue(NaiveAugmentation.Normalize(expected.Bgra).AsSpan().SequenceEqual(planes));
        }, iter: 150);

        static byte[] RandomBytes(int count, Random random)
        {
            var bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [TestMethod]
    public void Apply_CropLargerThanImage_IsBlackAndIgnoredOutside()
    {
        // 96 x 144 at 0.25 is 24 x 36; padded by (64 - 24) / 2 + 1 = 21 rows and (64 - 36) / 2 + 1 = 15 columns to 66 x 66.
        var plan = AugmentationPlan.ForCrop(Crop(64, 64), 96, 144, 0.25, around: null, (_, last) => last);
        var (pixels, ids) = (new byte[64 * 64 * 4], new byte[64 * 64]);

        JointAugmentation.Apply(_sample, plan, pixels, ids);

        Assert.AreEqual(new PixelBox(2 - 21, 2 - 15, 64, 64), plan.Crop);
        for (int i = 0; i < ids.Length; i++)
        {
            bool isInside = i / 64 is >= 19 and < 43 && i % 64 is >= 13 and < 49;
            if (!isInside)
                Assert.IsTrue(ids[i] == 255 && pixels.AsSpan(4 * i, 4).SequenceEqual<byte>([0, 0, 0, 255]), $"row {i / 64}, column {i % 64}");
        }
    }

    [TestMethod]
    public void Apply_Flipped_MirrorsImageAndMask()
    {
        var plan = AugmentationPlan.ForCrop(Crop(64, 32), 96, 144, 1, around: null, (_, last) => last / 2);
        var (pixels, ids) = (new byte[64 * 32 * 4], new byte[64 * 32]);
        var (mirrored, mirroredIds) = (new byte[64 * 32 * 4], new byte[64 * 32]);

        JointAugmentation.Apply(_sample, plan, pixels, ids);
        JointAugmentation.Apply(_sample, plan with { IsFlipped = true }, mirrored, mirroredIds);

        for (int i = 0; i < ids.Length; i++)
        {
            int other = i / 32 * 32 + 31 - i % 32;
            Assert.AreEqual(ids[i], mirroredIds[other]);
            Assert.IsTrue(pixels.AsSpan(4 * i, 4).SequenceEqual(mirrored.AsSpan(4 * other, 4)));
        }
    }

    [TestMethod]
    public void Apply_BothLayouts_HoldTheNormalisedCrop()
    {
        var options = new AugmentationOptions { CropHeight = 64, CropWidth = 96 };
        var augmentation = new JointAugmentation(options);
        var plan = AugmentationPlan.Draw(options, 96, 144, around: null, new Random(3));
        var (pixels, ids) = (new byte[64 * 96 * 4], new byte[64 * 96]);
        var (planar, interleaved) = (new float[3 * 64 * 96], new float[3 * 64 * 96]);
        var (labels, otherLabels) = (new long[64 * 96], new long[64 * 96]);

        JointAugmentation.Apply(_sample, plan, pixels, ids);
        augmentation.Apply(new SampledCrop(_sample, null), new Random(3), planar, labels, channelsLast: false);
        augmentation.Apply(new SampledCrop(_sample, null), new Random(3), interleaved, otherLabels, channelsLast: true);

        var expected = GoldenFormula.Normalised(PixelAssert.ToRgb(pixels), 1, 64, 96);
        CollectionAssert.AreEqual(expected, planar);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], interleaved[i % (64 * 96) * 3 + i / (64 * 96)]);
        CollectionAssert.AreEqual(ids.Select(id => (long)id).ToArray(), labels);
        CollectionAssert.AreEqual(labels, otherLabels);
    }

    [TestMethod]
    public void Apply_SameSeed_GivesTheSameCropFromEveryThread()
    {
        var augmentation = new JointAugmentation(new AugmentationOptions { CropHeight = 64, CropWidth = 64, GaussianBlur = true });
        var crops = new float[8][];

        Parallel.For(0, crops.Length, i =>
        {
            crops[i] = new float[3 * 64 * 64];
            augmentation.Apply(new SampledCrop(_sample, null), new Random(11), crops[i], new long[64 * 64], channelsLast: true);
        });

        foreach (var crop in crops)
            CollectionAssert.AreEqual(crops[0], crop);
    }

    [TestMethod]
    public void Draw_ManyPlans_StayInTheirRanges()
    {
        var options = new AugmentationOptions { CropHeight = 64, CropWidth = 96, ScaleMin = 0.4, ScaleMax = 1.9, ColorJitter = 0.3, GaussianBlur = true };
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 300], Gen.Int).Sample((height, width, seed) =>
        {
            var plan = AugmentationPlan.Draw(options, height, width, around: null, new Random(seed));

            Assert.IsInRange(Math.Max(1, (int)(0.4 * height)), Math.Max(1, (int)(1.9 * height)), plan.ScaledHeight);
            Assert.AreEqual(4, plan.ColorChanges.DistinctBy(change => change.Operation).Count());
            foreach (var (operation, factor) in plan.ColorChanges)
                Assert.IsInRange(operation == ColorOperation.Hue ? -0.3 : 0.7, operation == ColorOperation.Hue ? 0.3 : 1.3, factor);
            Assert.IsInRange(0.15, 1.3, plan.BlurSigma!.Value);       // GaussianBlur asks for it
            // The crop never misses the image, and never leaves it where the image is larger.
            AssertPlace(plan.Crop.Top, plan.Crop.Height, plan.ScaledHeight);
            AssertPlace(plan.Crop.Left, plan.Crop.Width, plan.ScaledWidth);
        });

        static void AssertPlace(int first, int length, int size)
        {
            if (size >= length)
                Assert.IsInRange(0, size - length, first);
            else
                Assert.IsInRange(-((length - size) / 2 + 1), 0, first);
        }
    }

    [TestMethod]
    public void Apply_SizesDiffer_NamesBoth()
    {
        var sample = _sample with { Mask = new SegmentationMask(96, 143, new byte[96 * 143]) };
        var augmentation = new JointAugmentation(new AugmentationOptions { CropHeight = 32, CropWidth = 32 });

        var error = Assert.ThrowsExactly<ArgumentException>(() => augmentation.Apply(new SampledCrop(sample, null), new Random(1), new float[3 * 1024], new long[1024], false));

        Assert.StartsWith("The image is 96 x 144 pixels (height x width), its mask 96 x 143.", error.Message);
    }

    private static AugmentationOptions Crop(int height, int width) => new() { CropHeight = height, CropWidth = width };

    /// <summary>Every number is the same share of its range.</summary>
    private sealed class FixedRandom(double value) : Random
    {
        public override double NextDouble() => value;

        public override int Next(int minValue, int maxValue) => minValue + (int)(value * (maxValue - minValue));
    }
}
