using System.Globalization;
using System.Text;
using System.Text.Json;
using Memo.Experiments;

namespace Memo.Cli.Commands;

/// <summary>The fields of a point of `memo curve`, by name: a line of CSV or an object of JSON, the same in both.</summary>
internal static class CurveTable
{
    // Nothing for what a point does not have.
    private static readonly (string Name, Func<CurvePoint, object?> Value)[] s_fields =
    [
        ("method", point => point.Method),
        ("samples", point => point.Samples),
        ("seed", point => point.Seed),
        ("parameters", point => point.Size.Parameters),
        ("nonzero", point => point.Size.NonZero),
        ("growing_parameters", point => point.GrowingParameters),
        ("width", point => point.Size.Width),
        ("depth", point => point.Size.Depth),
        ("bits", point => point.Size.Bits),
        ("code_bits", point => point.CodeBits),
        ("kept", point => point.Kept),
        ("memorized", point => point.Memorized),
        ("build_seconds", point => point.BuildSeconds),
        ("verify_seconds", point => point.VerificationSeconds),
        ("eval_microseconds", point => 1e6 * point.SecondsPerLabel),
        ("test", point => point.Test?.Rows),
        ("right", point => point.Test?.Right),
        ("wrong", point => point.Test?.Wrong),
        ("abstained", point => point.Test?.Abstained),
        ("accuracy", point => point.Test?.Accuracy),
    ];

    /// <summary>A header and a line for each point; empty where a point has no such thing.</summary>
    public static string Csv(CurveReport report)
    {
        var csv = new StringBuilder();
        csv.AppendJoin(',', s_fields.Select(field => field.Name)).Append('\n');
        foreach (CurvePoint point in report.Points)
            csv.AppendJoin(',', s_fields.Select(field => Text(field.Value(point)))).Append('\n');
        return csv.ToString();
    }

    /// <summary>The fields of a point, null where it has no such thing.</summary>
    public static void WriteFields(Utf8JsonWriter json, CurvePoint point)
    {
        foreach ((string name, Func<CurvePoint, object?> value) in s_fields)
            if (value(point) is string text)
            {
                json.WriteString(name, text);
            }
            else
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value(point) is { } present ? Text(present) : "null");
            }
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        bool truth => truth ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
