// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>The command line asks for something that cannot be: exit code 1. The message names the option.</summary>
internal sealed class UsageException(string message, Exception? innerException = null) : Exception(message, innerException);
