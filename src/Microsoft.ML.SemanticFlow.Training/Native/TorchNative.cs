// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.Win32.SafeHandles;
using TorchSharp;

namespace Microsoft.ML.SemanticFlow.Native;

/// <summary>Loads libtorch and TorchSharp's binding to it. Every public door of this assembly calls <see cref="EnsureLoaded"/> first.</summary>
/// <remarks>
/// On Linux the libraries are loaded by absolute path, so that a distribution's older libtorch on the loader's path is never taken.
/// TorchSharp 0.107.0's binding then asks for version GLIBCXX_3.4.32 of libstdc++ (GCC 13), which Debian 12, Ubuntu 22.04 and RHEL 9
/// lack. One symbol carries that version and no relocation refers to it. Where plain loading fails, a private copy in memory with the
/// requirement marked weak is loaded instead; the package's file is never touched.
/// On Windows and macOS TorchSharp finds the libraries itself.
/// </remarks>
internal static partial class TorchNative
{
    /// <summary>Names a folder of libtorch libraries to use instead of the package's, such as that of a Python installation.</summary>
    public const string FolderVariable = "SEMANTICFLOW_LIBTORCH";

    private const string NewestLibstdcxx = "GLIBCXX_3.4.32";
    private const string BindingName = "LibTorchSharp";

    private static readonly Lazy<LoadedTorch> _loaded = new(Load);
    private static readonly Lazy<bool> _tuned = new(TuneGlibc);

    /// <summary>Loads the native libraries once; later calls cost nothing. Thread-safe.</summary>
    /// <exception cref="DllNotFoundException">A library is missing or does not load; the message says what to do.</exception>
    public static LoadedTorch EnsureLoaded() => _loaded.Value;

    /// <summary>Makes malloc keep freed memory for the next training step. Process-wide, so only training calls it, when it starts.</summary>
    /// <remarks>
    /// A step frees and takes the same hundreds of megabytes again; returned to the system each time they fault in anew. Measured on
    /// sfnet-dfv1: 8 % of a float32 step. Does nothing but on glibc.
    /// </remarks>
    /// <returns>Whether malloc was tuned.</returns>
    public static bool TuneAllocator() => _tuned.Value;

    // Whoever touches a tensor before our first door still gets the remedy: the runtime asks here when plain loading has failed.
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Only registers; the work is done when TorchSharp's own loading fails.")]
    internal static void Register()
    {
        if (AssemblyLoadContext.GetLoadContext(typeof(TorchNative).Assembly) is { } context)
            context.ResolvingUnmanagedDll += (_, name) => name == BindingName && OperatingSystem.IsLinux() ? EnsureLoaded().Binding : 0;
    }

    private static LoadedTorch Load()
    {
        var folders = SearchFolders();
        string? torchFolder = Environment.GetEnvironmentVariable(FolderVariable);
        if (torchFolder is { Length: > 0 } && !File.Exists(Path.Combine(torchFolder, FileName("torch_cpu"))))
            throw new DllNotFoundException($"{FolderVariable} names a folder without {FileName("torch_cpu")}; name libtorch's lib folder, or unset it.");

        if (torchFolder is not { Length: > 0 }) torchFolder = folders.FirstOrDefault(f => File.Exists(Path.Combine(f, FileName("torch_cpu"))));
        if (torchFolder is null) throw new DllNotFoundException(MissingTorch());

        return OperatingSystem.IsLinux() ? LoadOnLinux(torchFolder, folders) : LoadElsewhere(torchFolder);
    }

    private static LoadedTorch LoadOnLinux(string torchFolder, IReadOnlyList<string> folders)
    {
        // libgomp reads these when it loads.
        // Waiting threads that spin turn a 0.17 s step into seconds when the machine is shared.
        List<string> settings = [];
        SetUnlessSet("OMP_WAIT_POLICY", "passive", settings);
        SetUnlessSet("GOMP_SPINCOUNT", "20000", settings);

        List<string> names = [];
        string cpuFile = "";
        nint cpu = 0;
        foreach (string name in (ReadOnlySpan<string>)["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"])
        {
            string path = Path.Combine(torchFolder, FileName(name));
            if (!File.Exists(path)) continue;       // the CUDA ones, on a CPU
            nint handle = NativeLibrary.Load(path);
            if (name == "torch_cpu") (cpuFile, cpu) = (path, handle);
            names.Add(FileName(name));
        }

        OneDnn.TurnOffNnpack(cpu);
        var use = !OneDnn.MissesCaches ? OneDnnUse.Unchanged : OneDnn.TryCorrectCaches(cpuFile, cpu) ? OneDnnUse.DefaultCaches : OneDnnUse.Off;
        if (use == OneDnnUse.Off) OneDnn.TurnOff(cpu);

        string file = FileName(BindingName);
        string binding = folders.Select(f => Path.Combine(f, file)).FirstOrDefault(File.Exists)
            ?? throw new DllNotFoundException($"{file} is not beside this application; {Advice()}");
        names.Add(file);
        bool patched = !NativeLibrary.TryLoad(binding, out nint bindingHandle);
        if (patched) bindingHandle = LoadWeakened(binding);

        return new LoadedTorch(cpu, bindingHandle, names, patched, settings, use);
    }

    private static LoadedTorch LoadElsewhere(string torchFolder)
    {
        torch.InitializeDeviceType(DeviceType.CPU);
        nint cpu = NativeLibrary.Load(Path.Combine(torchFolder, FileName("torch_cpu")));
        // A Windows library has no table of symbols to find oneDNN's cache sizes by.
        var use = OneDnn.MissesCaches && OperatingSystem.IsWindows() ? OneDnnUse.Off : OneDnnUse.Unchanged;
        if (use == OneDnnUse.Off) OneDnn.TurnOff(cpu);
        return new LoadedTorch(cpu, 0, [FileName("torch_cpu"), FileName(BindingName)], false, [], use);
    }

    private static nint LoadWeakened(string binding)
    {
        byte[] copy = File.ReadAllBytes(binding);
        if (ElfVersions.Weaken(copy, NewestLibstdcxx) == 0) return NativeLibrary.Load(binding);      // another fault: the loader's message names it

        int descriptor = CreateMemoryFile(Path.GetFileName(binding), 0);
        if (descriptor < 0)
            throw new DllNotFoundException(
                $"{Path.GetFileName(binding)} needs {NewestLibstdcxx} of libstdc++ (GCC 13), and this system refuses a patched copy in memory; install a newer libstdc++.");

        // The mapping outlives the descriptor.
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        using (var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0)) stream.Write(copy);
        return NativeLibrary.Load($"/proc/self/fd/{descriptor}");
    }

    private static List<string> SearchFolders()
    {
        string? searched = (string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES");
        string? library = Path.GetDirectoryName(typeof(torch).Assembly.Location);
        List<string> folders = [AppContext.BaseDirectory, .. (searched ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)];
        if (library is { Length: > 0 }) folders.AddRange([library, .. FoldersOfPackages(library, Environment.GetEnvironmentVariable("PATH") ?? "")]);
        return [.. folders, .. folders.Select(f => Path.Combine(f, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"))];
    }

    /// <summary>Folders on the path that belong to packages beside TorchSharp's own.</summary>
    /// <remarks>
    /// The kernel of a notebook runs assemblies where their packages lie, and puts the packages' native folders on the path. Other folders there are nobody's
    /// business: a libtorch in them may be of any version.
    /// </remarks>
    /// <param name="library">The folder of TorchSharp's assembly: PACKAGES/torchsharp/VERSION/lib/FRAMEWORK.</param>
    /// <param name="path">The path.</param>
    internal static IEnumerable<string> FoldersOfPackages(string library, string path)
    {
        string version = Path.GetFullPath(Path.Combine(library, "..", ".."));
        if (!string.Equals(Path.GetFileName(Path.GetDirectoryName(version)), nameof(TorchSharp), StringComparison.OrdinalIgnoreCase))
            return [];
        string packages = Path.GetFullPath(Path.Combine(version, "..", "..")) + Path.DirectorySeparatorChar;
        return path.Split(Path.PathSeparator).Where(folder => folder.StartsWith(packages, StringComparison.Ordinal));
    }

    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    private static string MissingTorch() => $"libtorch is not beside this application; {Advice()}";

    private static string Advice() =>
        $"add the package TorchSharp-cpu to the application's project, or TorchSharp-cuda-{(OperatingSystem.IsWindows() ? "windows" : "linux")} for an NVIDIA GPU.";

    private static void SetUnlessSet(string name, string value, List<string> settings)
    {
        if (Environment.GetEnvironmentVariable(name) is { } own) settings.Add($"{name}={own} (yours)");
        else if (NativeEnvironment.TrySet(name, value)) settings.Add($"{name}={value}");
    }

    private static bool TuneGlibc()
    {
        const int TrimThreshold = -1, TopPad = -2, MmapMax = -4;      // M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX of malloc.h
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out nint libc)) return false;
        if (!NativeLibrary.TryGetExport(libc, "gnu_get_libc_version", out _)) return false;
        return SetMallocOption(MmapMax, 0) == 1 & SetMallocOption(TrimThreshold, int.MaxValue) == 1 & SetMallocOption(TopPad, 64 << 20) == 1;
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMallocOption(int option, int value);
}

/// <summary>What <see cref="TorchNative.EnsureLoaded"/> found and did.</summary>
/// <param name="Cpu">Handle of libtorch_cpu.</param>
/// <param name="Binding">Handle of TorchSharp's binding; 0 where TorchSharp loads it itself.</param>
/// <param name="Libraries">File names, in the order of loading.</param>
/// <param name="Patched">Whether the binding runs from a copy with a weakened libstdc++ requirement.</param>
/// <param name="Settings">Settings in force for libtorch and its thread pool.</param>
/// <param name="OneDnn">How convolutions run.</param>
internal sealed record LoadedTorch(nint Cpu, nint Binding, IReadOnlyList<string> Libraries, bool Patched, IReadOnlyList<string> Settings, OneDnnUse OneDnn);
