// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Export;

/// <summary>An ONNX file in memory that has been checked against the network it was written from.</summary>
internal sealed record ExportedModel(byte[] Bytes, ExportVerification Verification);
