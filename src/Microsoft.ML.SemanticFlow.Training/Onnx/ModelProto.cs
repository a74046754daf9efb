// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Onnx.Schema;

/// <content>What the generated class lacks.</content>
internal sealed partial class ModelProto
{
    /// <summary>Replaces the metadata properties.</summary>
    public void SetMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        MetadataProps.Clear();
        MetadataProps.Add(metadata.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
    }
}
