// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Pages.Tests.WebApi;

/// <summary>The sample WebApi as a process, on a port that was free, with a model whose masks are known.</summary>
internal sealed partial class RunningService : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    private RunningService(IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Program, "--urls", "http://127.0.0.1:0", "--Model", BrightestChannelModel.Save(_folder["model.onnx"])])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _folder.Root,            // it is started from anywhere
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;               // a new process is started, so there is one
        Address = new Uri(Listening());
        Client = new HttpClient { BaseAddress = Address };
    }

    /// <summary>The program.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory.Replace(
        Path.Combine("test", "Microsoft.ML.SemanticFlow.Pages.Tests"), Path.Combine("samples", "WebApi"), StringComparison.Ordinal), "WebApi.dll");

    public Uri Address { get; }

    public HttpClient Client { get; }

    public static RunningService Start(params IEnumerable<(string Name, string Value)> environment) => new(environment);

    /// <summary>Posts bytes, as curl's --data-binary does.</summary>
    public Task<HttpResponseMessage> Post(string path, byte[] body) => Client.PostAsync(path, new ByteArrayContent(body));

    public void Dispose()
    {
        Client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    private string Listening()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (Listened().Match(line) is { Success: true } found)
            {
                _ = _process.StandardOutput.ReadToEndAsync();       // a full pipe would stop it
                return found.Value;
            }
        }

        throw new AssertFailedException("The service ended before it listened.");
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Listened();
}
