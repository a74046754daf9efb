// Licensed under the MIT License.
// See LICENSE in the project root for license information.

// Draws the classes over a video. Frames come from ffmpeg and go to ffmpeg, as pixels, one after another: memory does not grow with the length.
//   dotnet run samples/Video.cs [MODEL INPUT OUTPUT.mp4 [VOTE]]
//   ffmpeg -framerate 5 -i street-scenes/val/images/%03d.png -pix_fmt yuv420p streets.mp4      makes the video that it takes by itself
// Without MODEL it takes that of TrainOnYourFolders. With VOTE, 5 say, a pixel gets the class that most of the last 5 frames gave it: less flicker, and edges
// of fast things that lag.
// ffmpeg and ffprobe have to be on the path (Debian: apt-get install ffmpeg). The output has no sound.
#:project ../src/Microsoft.ML.SemanticFlow
#:package FFMpegCore
#:property SemanticFlowScores=true
#:property PublishAot=false

using System.Globalization;
using System.Threading.Channels;
using FFMpegCore;
using FFMpegCore.Pipes;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (file, input, output) = args is [var a, var b, var c, ..] ? (a, b, c) : ("runs/street/model.onnx", "streets.mp4", "street.mp4");
int votes = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 1;
string probe = OperatingSystem.IsWindows() ? "ffprobe.exe" : "ffprobe";
if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, probe))))
{
    Console.Error.WriteLine("skipped: ffmpeg is not on the path. Debian's package is called ffmpeg.");
    return 2;
}

if (!File.Exists(file) || !File.Exists(input))
{
    Console.Error.WriteLine($"There is no model '{file}', or no video '{input}'. The head of this program says how to get them, or name yours: MODEL INPUT OUTPUT.mp4.");
    return 2;
}

using var model = SegmentationModel.Load(file);
if (FFProbe.Analyse(input).PrimaryVideoStream is not { Width: { } columns, Height: { } rows } video)
{
    Console.Error.WriteLine($"'{input}' holds no video.");
    return 2;
}

bool turned = Math.Abs(video.Rotation) % 180 == 90;                         // ffmpeg turns the frames of a telephone by itself
var (width, height) = turned ? (rows, columns) : (columns, rows);
var frames = Channel.CreateBounded<byte[]>(4);
var reading = FFMpegArguments.FromFileInput(input)
    .OutputToPipe(new StreamPipeSink(ReadFrames), options => options.ForceFormat("rawvideo").WithCustomArgument("-pix_fmt bgra")).ProcessAsynchronously();
int written = 0;
await FFMpegArguments.FromPipeInput(new RawVideoPipeSource(Painted()) { FrameRate = video.AverageFrameRate })
    .OutputToFile(output, overwrite: true, options => options.WithCustomArgument("-pix_fmt yuv420p -vf pad=ceil(iw/2)*2:ceil(ih/2)*2"))
    .ProcessAsynchronously();
await reading;
Console.WriteLine($"{written} frames of {height} x {width}, {(votes > 1 ? $"each pixel by a vote of {votes} frames" : "each by itself")}: {output}");
return 0;

// The token is cancelled when ffmpeg ends, and its last frames still wait here then.
async Task ReadFrames(Stream pixels, CancellationToken _)
{
    for (var frame = new byte[width * height * 4]; await pixels.ReadAtLeastAsync(frame, frame.Length, throwOnEndOfStream: false) == frame.Length; frame = new byte[frame.Length])
        await frames.Writer.WriteAsync(frame);
    frames.Writer.Complete();
}

IEnumerable<IVideoFrame> Painted()
{
    var painter = new MaskPainter();
    var last = new Queue<SegmentationMask>();
    foreach (byte[] pixels in frames.Reader.ReadAllAsync().ToBlockingEnumerable())
    {
        using var image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, pixels);
        last.Enqueue(model.Predict(image));
        if (last.Count > votes)
            last.Dequeue();
        using var painted = painter.Overlay(MostVoted([.. last]), image).ToMLImage();
        written++;
        yield return new Frame(width, height, painted.Pixels.ToArray());
    }
}

// Where classes have as many votes, the newest frame decides.
SegmentationMask MostVoted(SegmentationMask[] masks)
{
    var ids = masks[^1].Ids.ToArray();
    var counts = new int[model.Labels.ClassCount];
    for (int pixel = 0; pixel < ids.Length && masks.Length > 1; pixel++)
    {
        Array.Clear(counts);
        foreach (var mask in masks)
            counts[mask.Ids[pixel]]++;
        for (int id = 0; id < counts.Length; id++)
            ids[pixel] = counts[id] > counts[ids[pixel]] ? (byte)id : ids[pixel];
    }

    return new SegmentationMask(height, width, ids, model.Labels);
}

internal sealed record Frame(int Width, int Height, byte[] Pixels) : IVideoFrame
{
    public string PixelFormat => "bgra";

    public void Serialize(Stream pipe) => pipe.Write(Pixels);

    public Task SerializeAsync(Stream pipe, CancellationToken token) => pipe.WriteAsync(Pixels, token).AsTask();
}
