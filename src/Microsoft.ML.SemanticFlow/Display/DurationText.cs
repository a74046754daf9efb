// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Display;

/// <summary>Times as people read them: <c>01:30:05</c>, and from a day on <c>7 days 00:19:42</c>.</summary>
internal static class DurationText
{
    public static string Of(TimeSpan time)
    {
        string days = time.Days switch { 0 => "", 1 => "1 day ", var count => string.Create(CultureInfo.InvariantCulture, $"{count} days ") };
        return days + time.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);
    }
}
