// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Checks of option values: each returns the value or throws one sentence that names the option.</summary>
internal static class Check
{
    public static T NotNull<T>(T value, [CallerMemberName] string name = "")
        where T : class =>
        value ?? throw new ArgumentNullException(name, $"{name} must be given.");

    public static string Column(string value, [CallerMemberName] string name = "") =>
        string.IsNullOrWhiteSpace(value) ? throw new ArgumentException($"{name} must name a column.", name) : value;

    public static int AtLeast(int value, int least, [CallerMemberName] string name = "") =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least}, not {value}.");

    public static int? AtLeast(int? value, int least, [CallerMemberName] string name = "") =>
        value is { } given ? AtLeast(given, least, name) : null;

    public static T Within<T>(T value, T least, T most, [CallerMemberName] string name = "")
        where T : INumber<T> =>
        value >= least && value <= most
            ? value
            : throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} must be from {least} to {most}, not {value}."));

    public static double BelowOne(double value, [CallerMemberName] string name = "") =>
        value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} must be 0 or more and below 1, not {value}."));

    public static double Share(double value, [CallerMemberName] string name = "") =>
        value is > 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} must be above 0 and at most 1, not {value}."));

    public static IReadOnlyList<string> NotEmpty(IReadOnlyList<string> value, [CallerMemberName] string name = "") =>
        NotNull(value, name).Count > 0 ? value : throw new ArgumentException($"{name} must hold at least one name.", name);

    public static IReadOnlyList<T> Apart<T>(IReadOnlyList<T> value, Func<T, string> nameOf, [CallerMemberName] string name = "") =>
        value.GroupBy(nameOf, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new ArgumentException($"{name} names '{twice.Key}' twice.", name)
            : value;

    public static double Positive(double value, [CallerMemberName] string name = "") =>
        double.IsFinite(value) && value > 0
            ? value
            : throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} must be greater than 0, not {value}."));

    public static double? Positive(double? value, [CallerMemberName] string name = "") =>
        value is { } given ? Positive(given, name) : null;

    public static TimeSpan? Positive(TimeSpan? value, [CallerMemberName] string name = "") =>
        value <= TimeSpan.Zero ? throw new ArgumentOutOfRangeException(name, value, $"{name} must be longer than zero, not {value}.") : value;

    public static double? BelowOne(double? value, [CallerMemberName] string name = "") =>
        value is { } given ? BelowOne(given, name) : null;

    public static double NotNegative(double value, [CallerMemberName] string name = "") =>
        double.IsFinite(value) && value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} must be 0 or more, not {value}."));

    public static int MultipleOf(int value, int divisor, [CallerMemberName] string name = "")
    {
        if (value > 0 && value % divisor == 0)
            return value;

        int below = Math.Max(value, 0) / divisor * divisor;
        string near = below == 0 ? $"{divisor}" : $"{below} or {below + divisor}";
        throw new ArgumentOutOfRangeException(name, value, $"{name} must be a positive multiple of {divisor}, not {value}. The nearest: {near}.");
    }

    public static T Defined<T>(T value, [CallerMemberName] string name = "")
        where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be one of {string.Join(", ", Enum.GetNames<T>())}, not {value}.");

    public static T? Defined<T>(T? value, [CallerMemberName] string name = "")
        where T : struct, Enum =>
        value is { } given ? Defined(given, name) : null;

    public static IReadOnlyList<double> Weights(IReadOnlyList<double> value, [CallerMemberName] string name = "")
    {
        if (NotNull(value, name).Count == 0)
            throw new ArgumentException($"{name} must hold at least one weight; [0] leaves the loss out.", name);
        foreach (double weight in value)
            NotNegative(weight, name);
        return value;
    }
}
