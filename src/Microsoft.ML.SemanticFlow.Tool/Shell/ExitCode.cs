// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>What the process tells a script.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Usage = 1;
    public const int BadInput = 2;
    public const int FailedCheck = 3;
    public const int Cancelled = 130;
}
