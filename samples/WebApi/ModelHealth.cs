// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.ML.SemanticFlow;

namespace WebApi;

/// <summary>Healthy while the model scores: it is given a small gray image.</summary>
internal sealed class ModelHealth(SegmentationModel model) : IHealthCheck
{
    private const int Side = 64;

    private static readonly byte[] _image = new SegmentationMask(Side, Side, new byte[Side * Side]).ToPng();

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        model.Predict(_image, cancellationToken: cancellationToken);
        return Task.FromResult(HealthCheckResult.Healthy(model.Network));
    }
}
