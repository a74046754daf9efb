// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Reflection;
using Microsoft.ML.SemanticFlow.Recipes;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
public sealed class RecipeFingerprintTests
{
    // Options that do not decide what is learnt, or may change when a run goes on. A new option is in the fingerprint unless it is named here too.
    private static readonly string[] _leftOut =
    [
        "ImageColumnName", "LabelColumnName", "PredictedLabelColumnName", "Labels", "AllowEmptyClasses", "InitialWeights", "CheckpointKey", "BackboneWeights", "Epochs",
        "ValidationSet", "ValidationInterval", "EarlyStoppingPatience", "Run", "Execution", "Reading", "Progress", "CancellationToken", "Seed", "Set",
        "MaxTrainingTime", "InferenceScale", "Reasons",
    ];

    public static IEnumerable<object[]> Parts =>
        typeof(IRecipePart).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && type.IsAssignableTo(typeof(IRecipePart)))
            .Append(typeof(SemanticFlowTrainerOptions)).Select(type => new object[] { type });

    [TestMethod]
    [DynamicData(nameof(Parts))]
    public void Of_EveryOptionOfAPart_IsThereUnlessItIsKnownToBeLeftOut(Type part)
    {
        object options = Create(part);

        var names = RecipeFingerprint.Of(options).Keys.Select(RecipeFingerprint.Inner).ToHashSet();

        foreach (var property in part.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            string name = property.GetCustomAttribute<FingerprintAttribute>() is { } attribute ? attribute.Name ?? "" : property.Name;
            bool isNested = property.GetValue(options) is IRecipePart && !property.PropertyType.IsAbstract;
            Assert.IsTrue(isNested || names.Contains(name) != _leftOut.Contains(property.Name), $"{part.Name}.{property.Name}");
        }
    }

    [TestMethod]
    public void Of_Defaults_IsWhatTheFirstVersionWrote()
    {
        var values = RecipeFingerprint.Of(new SemanticFlowTrainerOptions());

        Assert.AreEqual("sfnet-dfv1", values["Network"]);
        Assert.AreEqual("OhemCrossEntropy", values["Loss"]);
        Assert.AreEqual("0.7", values["OhemThreshold"]);
        Assert.AreEqual("auto", values["AddedLoss"]);
        Assert.AreEqual("Sgd", values["Optimizer"]);
        Assert.AreEqual("0.01", values["LearningRate"]);
        Assert.AreEqual("Poly", values["Schedule"]);
        Assert.AreEqual("auto", values["WarmUpSteps"]);
        Assert.AreEqual("0", values["ClassUniformFraction"]);
        Assert.AreEqual("1", values["DeepSupervisionWeights"]);
        Assert.IsFalse(values.ContainsKey("FocalGamma"));
    }

    [TestMethod]
    public void Of_AnAddedLoss_KeepsItsNumbersApart()
    {
        var options = new SemanticFlowTrainerOptions
        {
            Loss = new OhemCrossEntropyLoss { Threshold = 0.6 },
            AddedLoss = new AddedLoss(new OhemCrossEntropyLoss { Threshold = 0.8 }) { Weight = 0.25 },
            Sampling = new ClassUniformSampling { Boost = new ClassBoost(new MLContext(1).Data.LoadFromEnumerable(new[] { new { A = 1 } }), "pole", "sign") },
        };

        var values = RecipeFingerprint.Of(options);

        Assert.AreEqual("0.6", values["OhemThreshold"]);
        Assert.AreEqual("OhemCrossEntropy", values["AddedLoss"]);
        Assert.AreEqual("0.8", values["AddedLoss.OhemThreshold"]);
        Assert.AreEqual("0.25", values["AddedLossWeight"]);
        Assert.AreEqual("0.5", values["ClassUniformFraction"]);
        Assert.AreEqual("pole,sign", values["BoostClasses"]);
    }

    private static object Create(Type part)
    {
        if (part == typeof(AddedLoss))
            return new AddedLoss(new CrossEntropyLoss());
        if (part == typeof(ClassBoost))
            return new ClassBoost(new MLContext(1).Data.LoadFromEnumerable(new[] { new { A = 1 } }), "pole");
        return part == typeof(PolyWithRestartSchedule) ? new PolyWithRestartSchedule(3) : Activator.CreateInstance(part)!; // a type that is no Nullable
    }
}
