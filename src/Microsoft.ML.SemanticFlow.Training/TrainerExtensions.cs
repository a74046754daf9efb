// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.SemanticFlow;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML;

/// <summary>Where ML.NET finds the trainer of semantic segmentation.</summary>
[SuppressMessage("Naming", "CA1708", Justification = "The compiler names both extension blocks with the empty name.")]
public static class SemanticFlowTrainerExtensions
{
    extension(SegmentationTrainersCatalog catalog)
    {
        /// <summary>Trains an SFNet on images and their masks.</summary>
        /// <param name="options">Every number of the run.</param>
        /// <returns>The trainer.</returns>
        public SemanticFlowTrainer SemanticFlow(SemanticFlowTrainerOptions options)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentNullException.ThrowIfNull(options);
            return new SemanticFlowTrainer(catalog.Environment, options);
        }
    }

    extension(TransformsCatalog catalog)
    {
        /// <summary>The trainer of SFNet as a transform: the same as <c>SemanticSegmentation.Trainers.SemanticFlow</c>.</summary>
        /// <param name="options">Every number of the run.</param>
        /// <returns>The trainer.</returns>
        public SemanticFlowTrainer SemanticFlow(SemanticFlowTrainerOptions options)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentNullException.ThrowIfNull(options);
            return new SemanticFlowTrainer(MlNetInternals.GetEnvironment(catalog), options);
        }
    }
}
