// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.SemanticFlow.Native;

/// <summary>oneDNN, libtorch's library of convolutions, on processors that do not tell it their caches.</summary>
/// <remarks>
/// libtorch 2.10 carries oneDNN 3.7.1. On AMD it reads three cache levels from CPUID leaf 0x8000001D without asking whether the leaf is filled,
/// which under some hypervisors it is not. It then believes in caches of one byte, and lays out kernels that give wrong results, write past
/// their buffers or divide by zero (mended in oneDNN 3.8). With no cache levels at all it takes its defaults: 32 KiB, 512 KiB and 1 MiB.
/// So the number of levels is set to none, before the first convolution. That number is no setting of oneDNN's but a variable of its own, so
/// it is touched only in the version that was looked at, and only while it holds what the fault leaves there. Any other oneDNN is turned off.
/// </remarks>
internal static unsafe class OneDnn
{
    private static readonly (int Major, int Minor, int Patch) _knownVersion = (3, 7, 1);

    /// <summary>Whether this is a processor whose caches oneDNN takes for empty.</summary>
    public static bool MissesCaches { get; } = X86Base.IsSupported && IsAmd && !TellsCaches;

    private static bool IsAmd => X86Base.CpuId(0, 0) is (_, var b, var c, var d) && (b, d, c) == (0x68747541, 0x69746E65, 0x444D4163);     // "AuthenticAMD"

    private static bool TellsCaches
    {
        get
        {
            const int LastExtended = unchecked((int)0x80000000), Caches = unchecked((int)0x8000001D);
            bool hasLeaf = (uint)X86Base.CpuId(LastExtended, 0).Eax >= unchecked((uint)Caches);
            return hasLeaf && (X86Base.CpuId(Caches, 0).Eax & 0x1F) != 0;       // the kind of the first cache; 0 for none
        }
    }

    /// <summary>Tells oneDNN to take its default cache sizes.</summary>
    /// <param name="file">libtorch_cpu's file.</param>
    /// <param name="torch">Its handle.</param>
    /// <returns>False when this is not the oneDNN that was looked at, or it found caches; nothing was touched then.</returns>
    public static bool TryCorrectCaches(string file, nint torch)
    {
        var processor = FindProcessor(file, torch);
        if (processor is null || !processor->BelievesInEmptyCaches) return false;

        processor->CacheLevels = 0;
        return true;
    }

    /// <summary>What oneDNN believes of the processor, which this call makes it find out; null when this is not the oneDNN that was looked at.</summary>
    public static Processor* FindProcessor(string file, nint torch)
    {
        const string Exported = "_ZN2at13globalContextEv";
        if (Addresses(file, Exported, "dnnl_version", "_ZN4dnnl4impl3cpu3x643cpuEv") is not [long exported, long version, long processor]) return null;

        nint loadedAt = NativeLibrary.GetExport(torch, Exported) - (nint)exported;
        int* found = ((delegate* unmanaged<int*>)(loadedAt + (nint)version))();
        return (found[0], found[1], found[2]) == _knownVersion ? ((delegate* unmanaged<Processor*>)(loadedAt + (nint)processor))() : null;
    }

    /// <summary>Makes libtorch do without oneDNN. TorchSharp does not wrap this.</summary>
    public static void TurnOff(nint torch) => SetUse(torch, "_ZN2at7Context20setUserEnabledMkldnnEb", "?setUserEnabledMkldnn@Context@at@@QEAAX_N@Z");

    /// <summary>Makes libtorch do without NNPACK, which divides by zero where hyperthreading is off (pytorch#153139). oneDNN is faster anyway.</summary>
    public static void TurnOffNnpack(nint torch) => SetUse(torch, "_ZN2at7Context20setUserEnabledNNPACKEb", "?setUserEnabledNNPACK@Context@at@@QEAAX_N@Z");

    private static void SetUse(nint torch, string setter, string setterOnWindows)
    {
        bool windows = OperatingSystem.IsWindows();
        nint context = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(torch, windows ? "?globalContext@at@@YAAEAVContext@1@XZ" : "_ZN2at13globalContextEv"))();
        ((delegate* unmanaged<nint, byte, void>)NativeLibrary.GetExport(torch, windows ? setterOnWindows : setter))(context, 0);
    }

    private static long[]? Addresses(string file, params ReadOnlySpan<string> names)
    {
        using var mapped = MemoryMappedFile.CreateFromFile(file, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using var view = mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        if (view.Capacity > int.MaxValue) return null;

        byte* bytes = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref bytes);
        try
        {
            return ElfSymbols.Find(new ReadOnlySpan<byte>(bytes, (int)view.Capacity), names);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    /// <summary>Xbyak's processor object, as oneDNN 3.7.1 has it.</summary>
    [StructLayout(LayoutKind.Explicit)]
    internal struct Processor
    {
        [FieldOffset(28)] public CacheList Sizes;               // bytes
        [FieldOffset(68)] public CacheList SharingCores;
        [FieldOffset(108)] public uint CacheLevels;

        /// <summary>Three levels of one byte, and no other: what an empty CPUID leaf makes of them.</summary>
        public readonly bool BelievesInEmptyCaches => CacheLevels == 3 && Sizes[..].SequenceEqual<uint>([1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
    }

    [InlineArray(10)]
    internal struct CacheList
    {
        private uint _first;
    }
}
