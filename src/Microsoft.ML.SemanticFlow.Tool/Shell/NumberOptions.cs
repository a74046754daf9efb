// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>Numbers on the command line are read alike on every machine; System.CommandLine reads them by the machine's language.</summary>
internal static class NumberOptions
{
    /// <summary>Lets every option of a command and its subcommands that is a number take digits with a decimal point, and nothing else.</summary>
    /// <exception cref="NotSupportedException">An option is of a kind of number, or of time, that is not known here.</exception>
    public static void ReadInvariant(CliCommand command)
    {
        foreach (var option in command.Options)
            ReadInvariant(option);
        foreach (var argument in command.Arguments)
            RefuseNumber(argument.Name, argument.ValueType);
        foreach (var child in command.Subcommands)
            ReadInvariant(child);
    }

    private static void ReadInvariant(Option option)
    {
        switch (option)
        {
            case Option<int> whole:
                whole.CustomParser ??= result => Whole(result) ?? 0; // an error is added where it is null
                break;
            case Option<int?> whole:
                whole.CustomParser ??= Whole;
                break;
            case Option<double> real:
                real.CustomParser ??= result => Real(result) ?? 0;
                break;
            case Option<double?> real:
                real.CustomParser ??= Real;
                break;
            default:
                RefuseNumber(option.Name, option.ValueType);
                break;
        }
    }

    private static void RefuseNumber(string name, Type type)
    {
        var kind = Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type;
        if (!kind.IsEnum && kind.IsAssignableTo(typeof(IFormattable)))
            throw new NotSupportedException($"{name} takes a {kind.Name}, which would be read by the machine's language.");
    }

    /// <summary>Reads a whole number, or adds an error that names the form.</summary>
    public static int Whole(ArgumentResult result, string form) => Parse<int>(result, NumberStyles.AllowLeadingSign, _ => true, form) ?? 0;

    private static int? Whole(ArgumentResult result) => Parse<int>(result, NumberStyles.AllowLeadingSign, _ => true, "a whole number");

    private static double? Real(ArgumentResult result) =>
        Parse<double>(
            result, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, double.IsFinite, "a number with a decimal point, such as 0.01");

    private static T? Parse<T>(ArgumentResult result, NumberStyles style, Func<T, bool> isTaken, string form)
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        if (T.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && isTaken(number))
            return number;
        string option = result.Parent is OptionResult { Option.Name: var name } ? name : "The value";
        result.AddError($"{option} takes {form}, not '{text}'.");
        return null;
    }
}
