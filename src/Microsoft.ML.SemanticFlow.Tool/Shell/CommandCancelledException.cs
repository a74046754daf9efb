// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>The user cancelled a command: exit code 130. The message says what was done until then.</summary>
internal sealed class CommandCancelledException(string message, Exception innerException) : OperationCanceledException(message, innerException)
{
    /// <summary>Runs the work of a command.</summary>
    /// <param name="work">The work.</param>
    /// <param name="outcome">What to say when it was cancelled: what is done, and where.</param>
    /// <exception cref="CommandCancelledException">It was cancelled.</exception>
    public static void During(Action work, Func<string> outcome) => During(() =>
    {
        work();
        return true;
    }, outcome);

    /// <inheritdoc cref="During(Action, Func{string})"/>
    public static T During<T>(Func<T> work, Func<string> outcome)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException exception)
        {
            throw new CommandCancelledException(outcome(), exception);
        }
    }
}
