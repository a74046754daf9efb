// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>The folder of a training run: <c>last.safetensors</c>, <c>previous.safetensors</c>, <c>best.safetensors</c>, <c>model.onnx</c>, and where the records lie.</summary>
/// <remarks>One process at a time trains in it: until this is disposed, or the process ends, no other opens it.</remarks>
internal sealed class RunFolder : IDisposable
{
    // What opening a file that another process holds fails with.
    private const int SharingViolation = unchecked((int)0x80070020), LinuxWouldBlock = 11, MacWouldBlock = 35;

    /// <summary>Names of what a run keeps for people to look at.</summary>
    public const string PageName = "run.html", BestValidationName = "validation.json", PicturesName = "pictures";

    private readonly string _path;
    private readonly FileStream? _lock;

    private RunFolder(string path, FileStream? hold = null) => (_path, _lock) = (path, hold);

    /// <summary>The folder itself.</summary>
    public string Root => _path;

    public string Last => Path.Combine(_path, "last.safetensors");

    /// <summary>The last checkpoint but one, in case the last is damaged.</summary>
    public string Previous => Path.Combine(_path, "previous.safetensors");

    public string Best => Path.Combine(_path, "best.safetensors");

    public string Model => Path.Combine(_path, "model.onnx");

    /// <summary>Where the classes lie in the training set, where class-uniform sampling had to read all masks for it.</summary>
    public string Centroids => Path.Combine(_path, "centroids.json");

    /// <summary>The centroids of the set that boosts classes.</summary>
    public string BoostCentroids => Path.Combine(_path, "boost-centroids.json");

    public string Run => Path.Combine(_path, "run.json");

    public string Log => Path.Combine(_path, "log.csv");

    public string Validations => Path.Combine(_path, "validation.csv");

    public string Sources => Path.Combine(_path, "sources.csv");

    public string TensorBoard => Path.Combine(_path, "tensorboard");

    /// <summary>The page that shows how the run goes.</summary>
    public string Page => Path.Combine(_path, PageName);

    /// <summary>The counts of the best validation, as the numbers of a report.</summary>
    public string BestValidation => Path.Combine(_path, BestValidationName);

    /// <summary>The first crops, and a few validation images over the epochs.</summary>
    public string Pictures => Path.Combine(_path, PicturesName);

    /// <summary>Whether there is a run to go on with.</summary>
    public bool HasCheckpoint => File.Exists(Last) || File.Exists(Previous);

    /// <summary>Opens the folder for a run, made when missing.</summary>
    /// <exception cref="InvalidOperationException">It holds a run that nobody asked to go on with, or another training works in it.</exception>
    public static RunFolder Open(string path, bool resume)
    {
        Directory.CreateDirectory(path);
        var folder = new RunFolder(path, Lock(path));
        try
        {
            if (folder.HasCheckpoint && !resume)
            {
                throw new InvalidOperationException(
                    $"The run folder '{path}' already holds a run, trained up to epoch {folder.ReadNewest().Info.Epoch}. Set Resume to go on with it, or name another folder.");
            }

            foreach (string leftover in Directory.GetFiles(path, $"*{PartialFile.Ending}"))
                File.Delete(leftover);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Opens the folder to read the checkpoints of a run that another process writes.</summary>
    public static RunFolder Read(string path) => new(path);

    /// <summary>The newest whole checkpoint to go on from.</summary>
    /// <exception cref="InvalidDataException">None is whole; the message is of the newest.</exception>
    public StoredCheckpoint ReadNewest()
    {
        try
        {
            if (File.Exists(Last))
                return ReadInfo(Last);
        }
        catch (InvalidDataException) when (IsWhole(Previous))
        {
            // A machine that lost power can leave a damaged file; the one before costs an epoch.
        }

        return ReadInfo(Previous);

        StoredCheckpoint ReadInfo(string file) => new(this, file, Checkpoint.ReadInfo(file));

        static bool IsWhole(string file)
        {
            try
            {
                return File.Exists(file) && Checkpoint.ReadInfo(file) is not null;
            }
            catch (InvalidDataException)
            {
                return false;
            }
        }
    }

    /// <summary>The checkpoint that a run is exported from: the best one, or the last where none was validated.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no checkpoint.</exception>
    public static string FindCheckpoint(string path)
    {
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"There is no folder '{path}'. Name the folder of a training run.");
        var folder = new RunFolder(path);
        return new[] { folder.Best, folder.Last }.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"Folder '{path}' holds no checkpoint (best.safetensors or last.safetensors). Name the folder of a training run that completed an epoch.");
    }

    public void Dispose() => _lock?.Dispose();

    // The system lets go of it with the process, however that ends.
    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(Path.Combine(path, "in-use.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (IOException inner) when (inner.HResult is SharingViolation or LinuxWouldBlock or MacWouldBlock)
        {
            throw new InvalidOperationException($"Another training works in the run folder '{path}'. Let it end, or name another folder.", inner);
        }
    }

    public void SaveLast(nn.Module network, TrainingState state, CheckpointInfo info) => Checkpoint.Save(Last, network.state_dict(), info, state, Previous);

    public void SaveBest(WeightSnapshot weights, CheckpointInfo info) => Checkpoint.Save(Best, weights.Weights, info);
}
