// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>The file of ImageNet weights that a network's backbone starts from, wherever the package that carries it left it.</summary>
internal static class ImageNetWeights
{
    /// <summary>The word that stands for the package's file where a path is expected.</summary>
    public const string Word = "imagenet";

    // Below the folder of an application that references the package, and below "tools" in the package.
    private static readonly string _file = Path.Combine("DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");

    /// <summary>The file that a path or <see cref="Word"/> names for a network.</summary>
    /// <exception cref="NotSupportedException">No package has weights for the network's backbone.</exception>
    /// <exception cref="FileNotFoundException">The package is not there.</exception>
    public static string Find(string pathOrWord, SegmentationNetworkInfo network)
    {
        if (!string.Equals(pathOrWord, Word, StringComparison.OrdinalIgnoreCase))
            return pathOrWord;
        if (network.ImageNetPackage is null)
        {
            throw new NotSupportedException(
                $"No package carries ImageNet weights for the backbone of {network}. " +
                $"Take {string.Join(" or ", SegmentationNetworks.All.Where(other => other.ImageNetPackage is not null))}, or name a file of weights.");
        }

        return Look(network.ImageNetPackage) ?? throw new FileNotFoundException(
            $"There are no ImageNet weights beside the application. Add the package {network.ImageNetPackage} to the project, which carries them for {network}.", _file);
    }

    /// <summary>Whether the package's weights for a network are there.</summary>
    public static bool IsThere(SegmentationNetworkInfo network) => network.ImageNetPackage is { } package && Look(package) is not null;

    private static string? Look(string package) => Beside(AppContext.BaseDirectory) ?? InPackages(package);

    private static string? Beside(string folder) => Path.Combine(folder, _file) is var path && File.Exists(path) ? path : null;

    private static string? InPackages(string id)
    {
        string root = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string package = Path.Combine(root, id.ToLowerInvariant());
        return Directory.Exists(package)
            ? Directory.EnumerateDirectories(package).OrderDescending(StringComparer.Ordinal)
                .Select(version => Beside(Path.Combine(version, "tools"))).FirstOrDefault(path => path is not null)
            : null;
    }
}
