// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>NCCL's C interface, of the library that comes with libtorch for CUDA or is installed.</summary>
internal sealed unsafe class NcclLibrary : INccl
{
    private const int Float = 7, Double = 8, SumOperation = 0; // ncclFloat32, ncclFloat64, ncclSum
    private const int LengthOfId = 128; // NCCL_UNIQUE_ID_BYTES

    private readonly nint _nccl;
    private readonly nint _runtime;
    private readonly delegate* unmanaged<nint, nint> _address;

    /// <summary>Loads the libraries.</summary>
    /// <exception cref="DllNotFoundException">One is missing; the message says which.</exception>
    public NcclLibrary()
    {
        _nccl = Load("libnccl.so.2");
        _runtime = Load("libcudart.so.13", "libcudart.so.12");
        nint binding = TorchNative.EnsureLoaded().Binding;
        if (binding == 0)
            binding = NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, searchPath: null);
        _address = (delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(binding, "THSTensor_data");
    }

    public byte[] CreateId()
    {
        Id id;
        Check(((delegate* unmanaged<Id*, int>)Export("ncclGetUniqueId"))(&id), "ncclGetUniqueId");
        return new ReadOnlySpan<byte>(&id, LengthOfId).ToArray();
    }

    public nint Join(byte[] id, int rank, int size, int device)
    {
        int code = ((delegate* unmanaged<int, int>)NativeLibrary.GetExport(_runtime, "cudaSetDevice"))(device);
        if (code != 0)
            throw new InvalidOperationException($"cudaSetDevice({device}) failed with CUDA's code {code}.");
        nint communicator;
        Check(((delegate* unmanaged<nint*, int, Id, int, int>)Export("ncclCommInitRank"))(&communicator, size, MemoryMarshal.Read<Id>(id), rank), "ncclCommInitRank");
        return communicator;
    }

    public bool Serves(Tensor values) => values.device_type == DeviceType.CUDA;

    // On the stream that libtorch uses unless told otherwise.
    public void Sum(nint communicator, Tensor values)
    {
        nint address = _address(values.Handle);
        Check(
            ((delegate* unmanaged<nint, nint, nint, int, int, nint, nint, int>)Export("ncclAllReduce"))(
                address, address, (nint)values.numel(), values.dtype == ScalarType.Float64 ? Double : Float, SumOperation, communicator, 0),
            "ncclAllReduce");
    }

    public void Leave(nint communicator) => Check(((delegate* unmanaged<nint, int>)Export("ncclCommDestroy"))(communicator), "ncclCommDestroy");

    private nint Export(string name) => NativeLibrary.GetExport(_nccl, name);

    private static nint Load(params string[] names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(torch).Assembly, searchPath: null, out nint library))
                return library;
        }

        throw new DllNotFoundException(
            $"Processes that train together on GPUs sum through NCCL, and {string.Join(" or ", names)} is not there. " +
            "It comes with TorchSharp-cuda-linux and with NVIDIA's packages.");
    }

    private static void Check(int code, string function)
    {
        if (code != 0)
            throw new InvalidOperationException($"{function} failed with NCCL's code {code}. Set NCCL_DEBUG=INFO to see why.");
    }

    [StructLayout(LayoutKind.Sequential, Size = LengthOfId)]
    private struct Id
    {
        private byte _first;
    }
}
