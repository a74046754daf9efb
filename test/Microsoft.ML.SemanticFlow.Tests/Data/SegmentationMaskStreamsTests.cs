// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data;

/// <summary>Masks and pictures that never touch a disk.</summary>
[TestClass]
public sealed class SegmentationMaskStreamsTests
{
    private const int JpegTolerance = 12;       // of 255, at quality 90 over plain areas of 16 x 16

    // Road and sky of CamVid: raw and train ids 3 and 0, and a pixel that is ignored.
    private static readonly SegmentationMask _mask = new(1, 3, [3, 0, 255], LabelMaps.CamVid);
    private static readonly byte[] _colors = [128, 64, 128, 255, 128, 128, 128, 255, 0, 0, 0, 255];

    private static ReadOnlySpan<byte> JpegStart => [0xFF, 0xD8, 0xFF];

    [TestMethod]
    public void Save_Stream_HoldsTheIdsOfTheFileAndStaysOpen()
    {
        using var folder = new TemporaryFolder();
        using var stream = new ForwardStream();

        _mask.Save(stream);
        _mask.Save(folder["mask.png"]);

        CollectionAssert.AreEqual(new byte[] { 3, 0, 255 }, PngIndexReader.Read(stream.Written, "stream").Samples.ToArray());
        CollectionAssert.AreEqual(File.ReadAllBytes(folder["mask.png"]), stream.Written);
        CollectionAssert.AreEqual(stream.Written, _mask.ToPng());
    }

    [TestMethod]
    public void Save_StreamAtAPlaceOfItsOwn_WritesThere()
    {
        using var stream = new MemoryStream();
        stream.WriteByte(7);

        _mask.Save(stream);
        stream.Position = 1;

        CollectionAssert.AreEqual(_mask.Ids.ToArray(), SegmentationMask.Load(stream, LabelMaps.CamVid).Ids.ToArray());
    }

    [TestMethod]
    public void ToPng_EitherIds_AreThoseAskedFor()
    {
        var labels = LabelMap.Parse("wide", "name,raw_id,train_id,r,g,b\nfar,700,0,1,2,3\nnear,9,1,4,5,6\n");
        var mask = new SegmentationMask(1, 2, [1, 0], labels);

        var raw = PngIndexReader.Read(mask.ToPng(), "raw");
        var train = PngIndexReader.Read(mask.ToPng(MaskIds.Train), "train");

        CollectionAssert.AreEqual(new ushort[] { 9, 700 }, raw.WideSamples.ToArray());
        CollectionAssert.AreEqual(new byte[] { 1, 0 }, train.Samples.ToArray());
    }

    [TestMethod]
    public void SaveColor_Stream_DecodesToTheColors()
    {
        using var stream = new ForwardStream();

        _mask.SaveColor(stream);

        CollectionAssert.AreEqual(_colors, ImageCodec.Decode(stream.Written, "stream").Bgra.ToArray());
        CollectionAssert.AreEqual(stream.Written, _mask.ToColorPng());
    }

    [TestMethod]
    [DataRow("color.jpg", null)]
    [DataRow("color.JPEG", null)]
    [DataRow("color.picture", PictureFormat.Jpeg)]
    public void SaveColor_JpegByEndingOrArgument_IsOneOfThoseColors(string name, PictureFormat? format)
    {
        using var folder = new TemporaryFolder();
        var ids = new byte[16 * 32];
        ids.AsSpan().Fill(3);

        new SegmentationMask(16, 32, ids, LabelMaps.CamVid).SaveColor(folder[name], format);

        byte[] file = File.ReadAllBytes(folder[name]);
        Assert.IsTrue(file.AsSpan().StartsWith(JpegStart));
        var image = ImageCodec.Decode(file, name);
        Assert.AreEqual((16, 32), (image.Height, image.Width));
        for (int i = 0; i < image.Bgra.Length; i++)
            Assert.AreEqual(_colors[i % 4], image.Bgra[i], JpegTolerance, $"byte {i}");
    }

    [TestMethod]
    public void SaveOverlay_EveryKindOfImage_GivesTheSamePicture()
    {
        using var folder = new TemporaryFolder();
        ImageCodec.SavePng(new PixelImage(1, 3, [0, 0, 0, 255, 10, 20, 30, 255, 7, 8, 9, 255]), folder["image.png"]);
        byte[] bytes = File.ReadAllBytes(folder["image.png"]);
        using var decoded = MLImage.CreateFromFile(folder["image.png"]);
        ForwardStream[] streams = [new(), new(), new(), new()];

        _mask.SaveOverlay(folder["image.png"], streams[0]);
        _mask.SaveOverlay(new MemoryStream(bytes), streams[1]);
        _mask.SaveOverlay(bytes, streams[2]);
        _mask.SaveOverlay(decoded, streams[3]);

        // Half of the colour and half of the pixel, rounded; the ignored pixel as it was.
        byte[] expected = [64, 32, 64, 255, 69, 74, 79, 255, 7, 8, 9, 255];
        foreach (var stream in streams)
            CollectionAssert.AreEqual(expected, ImageCodec.Decode(stream.Written, "stream").Bgra.ToArray());
    }

    [TestMethod]
    public void SaveOverlay_JpegToAStream_IsAJpeg()
    {
        byte[] image = _mask.ToColorPng();
        using var stream = new ForwardStream();

        _mask.SaveOverlay(image, stream, format: PictureFormat.Jpeg);

        Assert.IsTrue(stream.Written.AsSpan().StartsWith(JpegStart));
        Assert.AreEqual(3, ImageCodec.Decode(stream.Written, "stream").Width);
    }

    [TestMethod]
    public void SaveOverlay_SizesDiffer_WritesNothing()
    {
        using var stream = new ForwardStream();
        byte[] image = new SegmentationMask(2, 2, new byte[4]).ToColorPng();

        var error = Assert.ThrowsExactly<InvalidDataException>(() => _mask.SaveOverlay(image, stream));

        Assert.AreEqual("Image 'bytes' is 2 x 2 pixels (height x width), the mask 1 x 3. Give the image that the mask belongs to.", error.Message);
        Assert.IsEmpty(stream.Written);
    }

    // It was written as PNG under the name of a JPEG, and nobody said so.
    [TestMethod]
    public void Save_NamesOfJpegs_AreRefused()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.ThrowsExactly<ArgumentException>(() => _mask.Save(folder["mask.jpg"]));

        Assert.StartsWith("'mask.jpg' is a name of a JPEG, which would change class ids: they are written as PNG. Let it end in .png.", error.Message);
        Assert.IsEmpty(Directory.GetFiles(folder.Root));
    }

    [TestMethod]
    [DataRow("mask.bmp", ".bmp")]
    [DataRow("mask.TIF", ".TIF")]
    public void Save_NamesOfOtherImages_AreRefused(string name, string ending)
    {
        using var folder = new TemporaryFolder();

        var error = Assert.ThrowsExactly<ArgumentException>(() => _mask.Save(folder[name]));

        Assert.StartsWith($"'{name}' ends in {ending}, but class ids are written as PNG. Let it end in .png.", error.Message);
        Assert.IsEmpty(Directory.GetFiles(folder.Root));
    }

    [TestMethod]
    [DataRow("color.webp")]
    [DataRow("color")]
    public void SaveColor_EndingThatSaysNothing_AsksForTheFormat(string name)
    {
        using var folder = new TemporaryFolder();

        var error = Assert.ThrowsExactly<ArgumentException>(() => _mask.SaveColor(folder[name]));

        Assert.StartsWith($"'{name}' ends neither in .png nor in .jpg", error.Message);
        Assert.IsEmpty(Directory.GetFiles(folder.Root));
    }

    [TestMethod]
    public void Save_StreamForReadingAlone_IsRefused()
    {
        using var stream = new MemoryStream([], writable: false);

        Assert.ThrowsExactly<ArgumentException>(() => _mask.Save(stream));
        Assert.ThrowsExactly<ArgumentException>(() => _mask.SaveColor(stream));
        Assert.ThrowsExactly<ArgumentException>(() => _mask.SaveOverlay(_mask.ToColorPng(), stream));
        Assert.ThrowsExactly<ArgumentNullException>(() => _mask.Save((Stream)null!)); // what a careless caller gives
    }

    // A mask that cannot be written leaves nothing in the stream.
    [TestMethod]
    public void Save_IdWithoutARawId_WritesNothing()
    {
        using var stream = new ForwardStream();

        Assert.ThrowsExactly<ArgumentException>(() => new SegmentationMask(1, 1, [200], LabelMaps.CamVid).Save(stream));

        Assert.IsEmpty(stream.Written);
    }

    [TestMethod]
    public void SaveColor_WiderThanAJpegCanBe_SaysSo()
    {
        var mask = new SegmentationMask(1, 70_000, new byte[70_000]);

        var error = Assert.ThrowsExactly<ArgumentException>(() => mask.SaveColor(new MemoryStream(), PictureFormat.Jpeg));

        Assert.StartsWith("A picture of 1 x 70000 pixels (height x width) is too large for a JPEG, which has at most 65500 on each side.", error.Message);
    }

    /// <summary>Takes bytes as a network does: no place, no length.</summary>
    private sealed class ForwardStream : Stream
    {
        private readonly MemoryStream _bytes = new();
        private bool _isClosed;

        /// <summary>What was written; it fails where the stream was closed.</summary>
        public byte[] Written => _isClosed ? throw new ObjectDisposedException(nameof(ForwardStream)) : _bytes.ToArray();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => _bytes.Write(buffer, offset, count);

        protected override void Dispose(bool disposing)
        {
            _isClosed = true;
            base.Dispose(disposing);
        }
    }
}
