// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>One token for the caller's cancellation and for that of the MLContext, which has no token and is asked now and then.</summary>
internal sealed class TrainingCancellation : IDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _source;
    private readonly Timer _timer;

    public TrainingCancellation(IHostEnvironment environment, CancellationToken token)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(token);
        Ask(environment);
        _timer = new Timer(_ => Ask(environment), state: null, _interval, _interval);
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        using (var stopped = new ManualResetEvent(false))
        {
            if (_timer.Dispose(stopped))
                stopped.WaitOne();
        }

        _source.Dispose();
    }

    private void Ask(IHostEnvironment environment)
    {
        try
        {
            MlNetInternals.CheckAlive(environment);
        }
        catch (OperationCanceledException)
        {
            _source.Cancel();
        }
    }
}
