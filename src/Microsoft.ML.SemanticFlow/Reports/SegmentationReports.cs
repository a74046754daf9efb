// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using Microsoft.ML.SemanticFlow.Reports;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Pages for a browser, each in one file that loads nothing.</summary>
public static class SegmentationReports
{
    /// <summary>Writes what a look at a data set found as a page: counts, classes as bars, findings, and the first images of each class with their labels.</summary>
    /// <param name="inspection">What was found. Its images are read again for the pictures, and those that cannot be are left out.</param>
    /// <param name="path">The HTML file; an earlier one is replaced.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveReport(this DatasetInspection inspection, string path)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            InspectionPage.Write(inspection, writer);
        });
    }
}
