// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>One of several named values, as a number in a saved transformer.</summary>
internal static class SavedChoice
{
    /// <summary>What a number stands for.</summary>
    /// <exception cref="InvalidDataException">Nothing in this version.</exception>
    public static T Of<T>(int number)
        where T : struct, Enum
    {
        var choice = (T)Enum.ToObject(typeof(T), number);
        return Enum.IsDefined(choice)
            ? choice
            : throw new InvalidDataException(
                $"The saved model has {number} for {typeof(T).Name}, which this version of the library does not know: it is damaged, or a later version wrote it. " +
                "Copy the model file again, or update Microsoft.ML.SemanticFlow.");
    }
}
