// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace WebApi;

/// <summary>What strangers may ask for: the section Limits of appsettings.json, or Limits__UploadBytes and its like in the environment.</summary>
internal sealed record Limits
{
    /// <summary>The longest body.</summary>
    public long UploadBytes { get; init; } = 10 << 20;

    /// <summary>The largest image: a small file can hold a large one.</summary>
    public int Pixels { get; init; } = 16_000_000;

    /// <summary>The longest that a request may take, with the upload.</summary>
    public double Seconds { get; init; } = 20;

    /// <summary>Images scored at once, each by one thread; null for one a processor.</summary>
    public int? Scorings { get; init; }

    /// <summary>Images that wait for their turn; the next one is sent away.</summary>
    public int Waiting { get; init; } = 16;
}
