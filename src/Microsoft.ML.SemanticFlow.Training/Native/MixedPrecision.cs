// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Native;

/// <summary>Autocast, which TorchSharp does not wrap: convolutions and products run in bfloat16, sums and losses in float32.</summary>
/// <remarks>
/// Through libtorch's own exported functions, found by their C++ names, which are one on Linux and macOS and another on Windows.
/// Tried on Linux x64. Backward runs outside the scope.
/// </remarks>
internal static unsafe class MixedPrecision
{
    private static readonly Lazy<EntryPoints?> _entryPoints = new(Find);

    /// <summary>Whether the loaded libtorch offers it.</summary>
    public static bool IsSupported => _entryPoints.Value is not null;

    /// <summary>Whether libtorch multiplies bfloat16 in hardware on this processor. Without it, autocast on the CPU is slower than float32.</summary>
    public static bool HasBFloat16Hardware => BFloat16Hardware.IsPresent && TorchNative.EnsureLoaded().OneDnn != OneDnnUse.Off;

    /// <summary>Turns autocast on for the calling thread until disposed, on the same thread. Scopes nest.</summary>
    /// <exception cref="NotSupportedException">The loaded libtorch does not offer it.</exception>
    public static Scope Autocast(DeviceType device = DeviceType.CPU, ScalarType precision = ScalarType.BFloat16) => new(
        _entryPoints.Value ?? throw new NotSupportedException($"libtorch {__version__} does not offer autocast; train in float32."), device, precision);

    private static EntryPoints? Find()
    {
        nint cpu = TorchNative.EnsureLoaded().Cpu;
        bool windows = OperatingSystem.IsWindows();
        nint[] found = [.. _names.Select(n => NativeLibrary.TryGetExport(cpu, windows ? n.Windows : n.Unix, out nint address) ? address : 0)];
        return found.Contains(0) ? null : new EntryPoints(found);
    }

    private static readonly (string Unix, string Windows)[] _names =
    [
        ("_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE", "?is_autocast_enabled@autocast@at@@YA_NW4DeviceType@c10@@@Z"),
        ("_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb", "?set_autocast_enabled@autocast@at@@YAXW4DeviceType@c10@@_N@Z"),
        ("_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE", "?get_autocast_dtype@autocast@at@@YA?AW4ScalarType@c10@@W4DeviceType@4@@Z"),
        ("_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE", "?set_autocast_dtype@autocast@at@@YAXW4DeviceType@c10@@W4ScalarType@4@@Z"),
        ("_ZN2at8autocast17increment_nestingEv", "?increment_nesting@autocast@at@@YAHXZ"),
        ("_ZN2at8autocast17decrement_nestingEv", "?decrement_nesting@autocast@at@@YAHXZ"),
        ("_ZN2at8autocast11clear_cacheEv", "?clear_cache@autocast@at@@YAXXZ"),
    ];

    /// <summary>The functions of namespace at::autocast. Device and scalar types are signed bytes there, with TorchSharp's values.</summary>
    internal sealed class EntryPoints(nint[] found)
    {
        public bool IsEnabled(DeviceType device) => ((delegate* unmanaged<sbyte, byte>)found[0])((sbyte)device) != 0;

        public void SetEnabled(DeviceType device, bool enabled) => ((delegate* unmanaged<sbyte, byte, void>)found[1])((sbyte)device, enabled ? (byte)1 : (byte)0);

        public ScalarType Precision(DeviceType device) => (ScalarType)((delegate* unmanaged<sbyte, sbyte>)found[2])((sbyte)device);

        public void SetPrecision(DeviceType device, ScalarType precision) => ((delegate* unmanaged<sbyte, sbyte, void>)found[3])((sbyte)device, (sbyte)precision);

        public int Enter() => ((delegate* unmanaged<int>)found[4])();

        public int Leave() => ((delegate* unmanaged<int>)found[5])();

        public void ClearCache() => ((delegate* unmanaged<void>)found[6])();
    }

    /// <summary>Autocast while it lasts; the state before comes back.</summary>
    internal ref struct Scope
    {
        private EntryPoints? _entries;
        private readonly DeviceType _device;
        private readonly bool _wasEnabled;
        private readonly ScalarType _previous;

        internal Scope(EntryPoints entries, DeviceType device, ScalarType precision)
        {
            (_entries, _device) = (entries, device);
            (_wasEnabled, _previous) = (entries.IsEnabled(device), entries.Precision(device));
            entries.SetPrecision(device, precision);
            entries.SetEnabled(device, true);
            entries.Enter();
        }

        /// <summary>Restores the state before. A second call does nothing.</summary>
        public void Dispose()
        {
            if (_entries is not { } entries) return;
            _entries = null;

            // The weights cast for this scope are stale after the next optimiser step.
            if (entries.Leave() == 0) entries.ClearCache();
            entries.SetEnabled(_device, _wasEnabled);
            entries.SetPrecision(_device, _previous);
        }
    }
}
