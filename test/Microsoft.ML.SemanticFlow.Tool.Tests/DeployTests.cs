// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using k8s;
using k8s.Models;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>The job files under deploy, as far as no cluster is needed; <see cref="SlurmTests"/> runs those of Slurm.</summary>
[TestClass]
public sealed class DeployTests
{
    // Kubernetes' own client is made from the schema it publishes; strict, it takes no other fields.
    [TestMethod]
    [DataRow("score.yaml")]
    [DataRow("merge.yaml")]
    public void Kubernetes_EveryJob_IsOfThePublishedSchemaAndSafe(string file)
    {
        var job = Read(file);

        var pod = job.Spec.Template.Spec;
        var container = pod.Containers.Single();
        Assert.AreEqual(("batch/v1", "Job"), (job.ApiVersion, job.Kind));
        Assert.AreEqual("Never", pod.RestartPolicy, "podFailurePolicy asks for it");
        Assert.IsTrue(pod.SecurityContext.RunAsNonRoot);
        Assert.IsTrue(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.IsFalse(container.SecurityContext.AllowPrivilegeEscalation);
        foreach (string resource in new[] { "cpu", "memory" })
            Assert.IsTrue(container.Resources.Requests.ContainsKey(resource) && container.Resources.Limits.ContainsKey(resource), resource);
        CollectionAssert.AreEquivalent(pod.Volumes.Select(volume => volume.Name).ToArray(), container.VolumeMounts.Select(mount => mount.Name).ToArray());
        Assert.IsTrue(job.Spec.PodFailurePolicy.Rules.Where(rule => rule.OnExitCodes is not null).All(rule => rule.OnExitCodes.ContainerName == container.Name));
        Assert.Contains(rule => rule.Action == "Ignore" && rule.OnPodConditions.Single().Type == "DisruptionTarget", job.Spec.PodFailurePolicy.Rules);

        // What the container would be told is a command line of the tool: it fails for want of files, and not of sense.
        var result = CommandLine.Run([.. container.Args]);
        Assert.AreEqual(ExitCode.BadInput, result.Code, result.Error);
    }

    [TestMethod]
    public void Kubernetes_Scoring_IsAnIndexedJobThatSaysItsShards()
    {
        var spec = Read("score.yaml").Spec;

        var said = spec.Template.Spec.Containers.Single().Env.Single(variable => variable.Name == "JOB_COMPLETIONS");
        Assert.AreEqual("Indexed", spec.CompletionMode);
        Assert.AreEqual($"{spec.Completions}", said.Value);
        Assert.IsGreaterThan(0, spec.BackoffLimitPerIndex ?? 0);
        Assert.AreEqual("Failed", spec.PodReplacementPolicy, "two pods of one shard would be in each other's way");
        Assert.AreEqual(
            new WorkShard(3, spec.Completions!.Value), // an Indexed Job has them
            WorkShard.FromEnvironment(name => name switch { "JOB_COMPLETION_INDEX" => "3", "JOB_COMPLETIONS" => said.Value, _ => null })?.Shard);
    }

    [TestMethod]
    [DataRow("backoffLimitPerIndex", "backoffLimitPerindex")]
    [DataRow("completions: 16", "completions: many")]
    public void Kubernetes_FieldThatIsNone_IsFound(string field, string other)
    {
        string text = RepositoryFiles.ReadAll("deploy", "kubernetes", "score.yaml").Replace(field, other, StringComparison.Ordinal);

        Assert.Throws<Exception>(() => KubernetesYaml.Deserialize<V1Job>(text, strict: true));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Scripts_All_AreBash()
    {
        string[] scripts = [.. Directory.GetFiles(RepositoryFiles.At("deploy", "slurm"), "*.sbatch"), RepositoryFiles.At("deploy", "container", "publish")];

        Assert.IsGreaterThan(4, scripts.Length);
        var start = new ProcessStartInfo("bash", ["-c", "for file; do bash -n \"$file\" || exit 1; done", "bash", .. scripts]) { RedirectStandardError = true };
        using var process = Process.Start(start)!; // a new process is started, so there is one
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, error);
    }

    private static V1Job Read(string file) => KubernetesYaml.Deserialize<V1Job>(RepositoryFiles.ReadAll("deploy", "kubernetes", file), strict: true);
}
