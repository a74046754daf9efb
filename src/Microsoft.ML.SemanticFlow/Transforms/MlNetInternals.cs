// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.CompilerServices;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]

namespace System.Runtime.CompilerServices
{
    /// <summary>Known to the runtime by its name: calls into the named assembly are not checked for access.</summary>
    [AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
    internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
    {
        public string AssemblyName { get; } = assemblyName;
    }
}

namespace Microsoft.ML.SemanticFlow.Transforms
{
    /// <summary>The only place that touches internals of ML.NET. The project file lists the types it needs exposed.</summary>
    /// <remarks>
    /// ML.NET keeps saving, loading and schema shapes to itself (dotnet/machinelearning#4911). These calls were checked
    /// with <see cref="CheckedVersion"/>; a test fails when another version is referenced. docs/mlnet-internals.md has the whole story.
    /// </remarks>
    internal static class MlNetInternals
    {
        /// <summary>The version of Microsoft.ML that these calls were checked with.</summary>
        public const string CheckedVersion = "6.0.0";

        private const string PayloadName = "SemanticFlow.bin";
        private const string ModelSignature = "SEMFLOW "; // ML.NET wants exactly eight characters
        private const uint FormatVersion = 0x00010001;
        private const int PayloadVersion = 1;

        public static IHostEnvironment GetEnvironment(TransformsCatalog catalog) => EnvironmentOf(catalog);

        /// <summary>Throws when the MLContext's execution was cancelled.</summary>
        public static void CheckAlive(IHostEnvironment environment)
        {
            if (environment is ICancelable { IsCanceled: true })
                throw new OperationCanceledException("The operation was cancelled through its MLContext.");
        }

        /// <summary>The GPU that the MLContext names, and whether to go on without it where it cannot be used.</summary>
        public static (int? GpuDeviceId, bool FallbackToCpu) DeviceOf(IHostEnvironment environment) =>
            environment is IHostEnvironmentInternal inner ? (inner.GpuDeviceId, inner.FallbackToCpu) : (null, true);

        public static SchemaShape.Column ShapeOf(string name, DataViewType type) => type is VectorDataViewType vector
            ? new(name, vector.IsKnownSize ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector, vector.ItemType, isKey: false, annotations: null)
            : new(name, SchemaShape.Column.VectorKind.Scalar, type, isKey: false, annotations: null);

        /// <summary>Writes a transformer so that a later process finds its type by itself.</summary>
        public static void Save(ModelSaveContext context, Type transformer, string loaderSignature, Action<BinaryWriter> write)
        {
            // The simple name: with the full one, a model of a newer package would not load under an older one.
            string assembly = transformer.Assembly.GetName().Name!; // every loaded assembly has a name
            context.SetVersionInfo(new VersionInfo(ModelSignature, FormatVersion, FormatVersion, FormatVersion, assembly, loaderSignature));
            context.SaveBinaryStream(PayloadName, writer =>
            {
                writer.Write(PayloadVersion);
                write(writer);
            });
        }

        private static T Load<T>(IHostEnvironment environment, ModelLoadContext context)
            where T : ISavedTransformer<T>
        {
            T? transformer = default;
            bool found = context.TryLoadBinaryStream(PayloadName, reader =>
            {
                try
                {
                    int version = reader.ReadInt32();
                    if (version != PayloadVersion)
                        throw new InvalidDataException(
                            $"The saved {typeof(T).Name} has format {version}; this version of the library reads {PayloadVersion}. Update Microsoft.ML.SemanticFlow.");
                    transformer = T.Read(environment, reader);
                }
                catch (Exception inner) when (inner is EndOfStreamException or FormatException or ArgumentException)    // cut off, no text, no option's value
                {
                    throw new InvalidDataException(
                        $"The saved {typeof(T).Name} is damaged or cut off ({inner.Message.Split('\n')[0].TrimEnd('.', '\r')}). Copy the model file again, or save it again.",
                        inner);
                }
            });
            return found && transformer is not null
                ? transformer
                : throw new InvalidDataException($"The saved {typeof(T).Name} has no entry '{PayloadName}': the model file is incomplete. Save it again.");
        }

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Microsoft.ML.Data.IInternalCatalog.get_Environment")]
        private static extern IHostEnvironment EnvironmentOf(TransformsCatalog catalog);

        /// <summary>What ML.NET's component catalog calls, by its name, through reflection.</summary>
        internal static class Loader<T>
            where T : ISavedTransformer<T>
        {
            internal static T Create(IHostEnvironment environment, ModelLoadContext context) => Load<T>(environment, context);
        }
    }

    /// <summary>Tells ML.NET that this assembly can bring a saved transformer back.</summary>
    /// <param name="loaderSignature">The name it is saved under, at most 24 characters.</param>
    [AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
    internal sealed class SavedTransformerAttribute<T>(string loaderSignature)
        : LoadableClassAttributeBase("", typeof(T), typeof(MlNetInternals.Loader<T>), null, [typeof(SignatureLoadModel)], "", loaderSignature)
        where T : ISavedTransformer<T>;
}
