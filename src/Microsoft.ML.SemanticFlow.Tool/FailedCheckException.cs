// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>A file that was made does not give the scores it should: exit code 3.</summary>
internal sealed class FailedCheckException(InvalidOperationException innerException) : Exception(innerException.Message, innerException)
{
    /// <summary>Runs work that checks what it makes.</summary>
    /// <exception cref="FailedCheckException">The check failed.</exception>
    public static T In<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (InvalidOperationException exception)
        {
            throw new FailedCheckException(exception);
        }
    }
}
