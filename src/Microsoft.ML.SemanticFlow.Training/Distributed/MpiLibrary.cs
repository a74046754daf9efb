// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>The C interface of an MPI library: of Open MPI, whose handles are addresses, and of MPICH and its kin, whose handles are numbers.</summary>
/// <remarks>
/// Handles travel as <see cref="nint"/>: on the 64-bit systems served, a callee that takes an int reads the low half of the register. Message
/// Passing Interface Forum, "MPI: A Message-Passing Interface Standard", version 3.1.
/// </remarks>
internal sealed unsafe partial class MpiLibrary
{
    /// <summary>The variable that names the library, where another than the system's first is wanted.</summary>
    public const string Variable = "SEMANTICFLOW_MPI";

    private const int Now = 2, Global = 0x100;
    private const int LongestVersion = 8192; // MPI_MAX_LIBRARY_VERSION_STRING of either
    private const int Serialized = 2; // MPI_THREAD_SERIALIZED
    private const int LocalMachineOfOpenMpi = 0, LocalMachineOfMpich = 1; // MPI_COMM_TYPE_SHARED

    private static readonly string[] _openMpi = ["libmpi.so.40", "libmpi.so"], _mpich = ["libmpich.so.12", "libmpi.so.12"];

    private readonly nint _library;
    private readonly bool _isOpenMpi;
    private readonly nint _ignoredStatus;
    private readonly nint _noInfo;

    private MpiLibrary(nint library, string version)
    {
        _library = library;
        Version = version;
        _isOpenMpi = NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out nint world);
        if (_isOpenMpi)
        {
            (World, Sum, InPlace, _ignoredStatus, _noInfo) = (world, Export("ompi_mpi_op_sum"), 1, 0, Export("ompi_mpi_info_null"));
            (Byte, Float, Double, Long) = (Export("ompi_mpi_byte"), Export("ompi_mpi_float"), Export("ompi_mpi_double"), Export("ompi_mpi_long_long_int"));
        }
        else
        {
            // The numbers of the MPICH ABI Compatibility Initiative.
            (World, Sum, InPlace, _ignoredStatus, _noInfo) = (0x44000000, 0x58000003, -1, 1, 0x1c000000);
            (Byte, Float, Double, Long) = (0x4c00010d, 0x4c00040a, 0x4c00080b, 0x4c000809);
        }
    }

    /// <summary>What the library calls itself, such as <c>Open MPI v4.1.4</c>.</summary>
    public string Version { get; }

    /// <summary>All processes.</summary>
    public nint World { get; }

    /// <summary>Types of elements.</summary>
    public nint Byte { get; }

    /// <inheritdoc cref="Byte"/>
    public nint Float { get; }

    /// <inheritdoc cref="Byte"/>
    public nint Double { get; }

    /// <inheritdoc cref="Byte"/>
    public nint Long { get; }

    /// <summary>The operation that adds.</summary>
    private nint Sum { get; }

    private nint InPlace { get; }

    /// <summary>Loads the library that a launcher's processes need.</summary>
    /// <param name="place">What the launcher says.</param>
    /// <exception cref="DllNotFoundException">There is none; the message says what to install.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public static MpiLibrary Load(ProcessPlace place)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException($"This is process {place.Rank} of {place.Size} that train together; training on several processes runs on Linux only.");
        string? named = Environment.GetEnvironmentVariable(Variable);
        string[] names = named is { Length: > 0 } ? [named] : place.IsOpenMpi == false ? [.. _mpich, .. _openMpi] : [.. _openMpi, .. _mpich];
        foreach (string name in names)
        {
            // Open MPI's own plug-ins look for it among what the whole process sees, where the runtime's loader does not put a library.
            nint library = Open(name, Now | Global);
            if (library != 0)
                return new MpiLibrary(library, VersionOf(library));
        }

        throw new DllNotFoundException(
            $"This is process {place.Rank} of {place.Size} that train together, and there is no MPI library to speak through ({string.Join(", ", names)}). " +
            $"Install Open MPI (openmpi-bin) or MPICH (mpich), the one whose mpirun is used, or set {Variable} to the library's path.");
    }

    public void Initialize()
    {
        int given;
        Check(((delegate* unmanaged<nint, nint, int, int*, int>)Export("MPI_Init_thread"))(0, 0, Serialized, &given), "MPI_Init_thread");
    }

    public bool IsFinalized()
    {
        int flag;
        Check(((delegate* unmanaged<int*, int>)Export("MPI_Finalized"))(&flag), "MPI_Finalized");
        return flag != 0;
    }

    public void Finish() => Check(((delegate* unmanaged<int>)Export("MPI_Finalize"))(), "MPI_Finalize");

    /// <summary>Ends all processes.</summary>
    public void Abort(int code) => ((delegate* unmanaged<nint, int, int>)Export("MPI_Abort"))(World, code);

    public int Rank(nint communicator) => Number("MPI_Comm_rank", communicator);

    public int Size(nint communicator) => Number("MPI_Comm_size", communicator);

    /// <summary>A communicator of the same processes, whose calls are numbered apart.</summary>
    public nint Duplicate(nint communicator)
    {
        nint copy = 0;
        Check(((delegate* unmanaged<nint, nint*, int>)Export("MPI_Comm_dup"))(communicator, &copy), "MPI_Comm_dup");
        return copy;
    }

    /// <summary>A communicator of those of the processes that share this one's memory.</summary>
    public nint OfThisMachine(nint communicator)
    {
        nint part = 0;
        Check(
            ((delegate* unmanaged<nint, int, int, nint, nint*, int>)Export("MPI_Comm_split_type"))(
                communicator, _isOpenMpi ? LocalMachineOfOpenMpi : LocalMachineOfMpich, 0, _noInfo, &part),
            "MPI_Comm_split_type");
        return part;
    }

    public void SumInPlace(void* values, int count, nint type, nint communicator) =>
        Check(((delegate* unmanaged<nint, void*, int, nint, nint, nint, int>)Export("MPI_Allreduce"))(InPlace, values, count, type, Sum, communicator), "MPI_Allreduce");

    /// <summary>Begins a sum; its handle is waited for.</summary>
    public nint BeginSumInPlace(void* values, int count, nint type, nint communicator)
    {
        nint request = 0;
        Check(
            ((delegate* unmanaged<nint, void*, int, nint, nint, nint, nint*, int>)Export("MPI_Iallreduce"))(InPlace, values, count, type, Sum, communicator, &request),
            "MPI_Iallreduce");
        return request;
    }

    /// <summary>Whether what was begun is complete; the handle then is none.</summary>
    public bool Test(ref nint request)
    {
        int flag;
        fixed (nint* handle = &request)
            Check(((delegate* unmanaged<nint*, int*, nint, int>)Export("MPI_Test"))(handle, &flag, _ignoredStatus), "MPI_Test");
        return flag != 0;
    }

    public void Wait(ref nint request)
    {
        fixed (nint* handle = &request)
            Check(((delegate* unmanaged<nint*, nint, int>)Export("MPI_Wait"))(handle, _ignoredStatus), "MPI_Wait");
    }

    public void Broadcast(void* bytes, int count, nint communicator) =>
        Check(((delegate* unmanaged<void*, int, nint, int, nint, int>)Export("MPI_Bcast"))(bytes, count, Byte, 0, communicator), "MPI_Bcast");

    public void Exchange(void* send, void* receive, int countOfPart, nint communicator) => Check(
        ((delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)Export("MPI_Alltoall"))(send, countOfPart, Byte, receive, countOfPart, Byte, communicator),
        "MPI_Alltoall");

    public void Gather(void* own, void* all, int countOfOwn, nint communicator) => Check(
        ((delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)Export("MPI_Allgather"))(own, countOfOwn, Byte, all, countOfOwn, Byte, communicator),
        "MPI_Allgather");

    public void Barrier(nint communicator) => Check(((delegate* unmanaged<nint, int>)Export("MPI_Barrier"))(communicator), "MPI_Barrier");

    private static string VersionOf(nint library)
    {
        byte* text = stackalloc byte[LongestVersion];
        int length;
        Check(((delegate* unmanaged<byte*, int*, int>)NativeLibrary.GetExport(library, "MPI_Get_library_version"))(text, &length), "MPI_Get_library_version");
        return Encoding.UTF8.GetString(text, length).Split('\n', ',')[0].TrimEnd('\0', ' ').Replace("\t", " ", StringComparison.Ordinal);
    }

    private int Number(string function, nint communicator)
    {
        int number;
        Check(((delegate* unmanaged<nint, int*, int>)Export(function))(communicator, &number), function);
        return number;
    }

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);

    // MPI's own default ends all processes at a fault, with words of its own: this is for libraries that return.
    private static void Check(int code, string function)
    {
        if (code != 0)
            throw new InvalidOperationException($"{function} failed with MPI's code {code}: the processes that train together cannot speak with each other.");
    }

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string file, int flags);
}
