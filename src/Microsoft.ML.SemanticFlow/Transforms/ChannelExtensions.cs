// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Lines for <c>MLContext.Log</c>, taken as they are: a brace in a path is no format.</summary>
internal static class ChannelExtensions
{
    extension(IChannel channel)
    {
        public void Say(string line) => channel.Info(MessageSensitivity.None, "{0}", line);

        public void Warn(string line) => channel.Warning(MessageSensitivity.None, "{0}", line);
    }
}
