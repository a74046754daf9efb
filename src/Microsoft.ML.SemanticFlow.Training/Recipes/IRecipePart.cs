// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Recipes;

/// <summary>A choice of the trainer's options that carries its own numbers: all of them are part of a run's fingerprint.</summary>
internal interface IRecipePart;
