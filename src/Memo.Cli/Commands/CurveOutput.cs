using System.Globalization;
using System.Numerics;
using Memo.Experiments;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>What `memo curve` prints: a table by method and size, means over the seeds, and how fast each method grew.</summary>
internal static class CurveOutput
{
    /// <summary>What was asked for, for the JSON object.</summary>
    public sealed record Request(string Data, IReadOnlyList<(string Name, string Value)> Told, int Dimension, int Dropped,
        double Seconds);

    // A column that says nothing of any of the networks is left out.
    private sealed record Column(string Name, Func<IReadOnlyList<CurvePoint>, string> Cell, string? Meaning = null);

    public static int WriteText(int exitCode, CurveReport report, string heading, int dropped, double seconds)
    {
        HumanText.WriteHeading(heading);
        WriteSizes(report);
        Console.Out.WriteLine();
        WriteFits(report);
        Console.Out.WriteLine();

        HumanText.WriteMemorized(report.Points.Count,
        [
            .. report.Points.Where(point => !point.Memorized).Select(point =>
                ($"{point.Method}, {HumanText.Count(point.Samples)} samples, seed {point.Seed}", point.FirstFailure)),
        ]);
        if (dropped > 0) HumanText.Line("dropped", $"{HumanText.Plural(dropped, "training sample")} with conflicting labels");
        HumanText.Line("time", HumanText.Seconds(seconds));
        return exitCode;
    }

    private static void WriteSizes(CurveReport report)
    {
        var columns = new List<Column>
        {
            new("method", points => points[0].Method),
            new("N", points =>
                (points.All(point => point.Memorized) ? "" : HumanText.NotMemorized) + HumanText.Count(points[0].Samples)),
            new("parameters", points => HumanText.Rounded(Mean(points, point => point.GrowingParameters))),
            new("depth", points => HumanText.Rounded(Mean(points, point => point.Size.Depth))),
            new("bits", points => HumanText.Rounded(Mean(points, point => point.Size.Bits))),
        };
        if (report.Points.Any(point => point.CodeBits is not null))
            columns.Add(new("B", points => points[0].CodeBits is null ? ""
                : points.Average(point => point.CodeBits!.Value).ToString("0.#", CultureInfo.InvariantCulture), "code bits"));
        if (report.Points.Any(point => point.Kept is { } kept && kept != point.Samples))
            columns.Add(new("kept",
                points => points[0].Kept is null ? "" : HumanText.Rounded(Mean(points, point => point.Kept!.Value)), "samples"));
        columns.Add(new("build", points => Number(points.Average(point => point.BuildSeconds), 3), "seconds"));
        columns.Add(new("µs", points => Number(points.Average(point => 1e6 * point.SecondsPerLabel), 3), "for a label"));
        if (report.Points[0].Test is not null)
            columns.Add(new("right", points => (100 * points.Average(point => point.Test!.Accuracy))
                .ToString("F2", CultureInfo.InvariantCulture), "%"));

        IEnumerable<string> meanings = columns.Where(column => column.Meaning is not null)
            .Select(column => $"{column.Name}: {column.Meaning}");
        Console.Out.WriteLine(string.Join(", ", meanings) + (report.Seeds.Count > 1 ? "; means" : ""));
        Console.Out.WriteLine();
        var rows = new List<string[]> { columns.Select(column => column.Name).ToArray() };
        foreach (string method in report.Methods)
            foreach (IReadOnlyList<CurvePoint> size in report.Of(method))
                rows.Add([.. columns.Select(column => column.Cell(size))]);
        HumanText.WriteTable(rows, gapBefore: row => row > 1 && rows[row][0] != rows[row - 1][0] && report.Sizes.Count > 1);
    }

    private static void WriteFits(CurveReport report)
    {
        var rows = new List<string[]> { (string[])["growth", "fitted", "theorem", "of"] };
        foreach (GrowthFit fit in report.Fits)
            rows.Add(
            [
                fit.Method,
                fit.Exponent is { } exponent ? "N^" + exponent.ToString("0.00", CultureInfo.InvariantCulture) : "-",
                fit.Law is { } law ? law.Formula : "-",
                (fit.Factored ? "parameters that are not zero" : "parameters but the first layer's") +
                (fit.DividedByCodeBits ? ", over B" : ""),
            ]);
        HumanText.WriteTable(rows, textColumns: 4);
        if (report.Fits.All(fit => fit.Exponent is null))
            Console.Out.WriteLine($"A fit needs two sizes of at least {HumanText.Count(GrowthFit.LeastSamples)} samples.");
    }

    private static BigInteger Mean(IReadOnlyList<CurvePoint> points, Func<CurvePoint, BigInteger> count) =>
        points.Aggregate(BigInteger.Zero, (sum, point) => sum + count(point)) / points.Count;

    // So many significant digits, without an exponent.
    private static string Number(double value, int digits)
    {
        int whole = value < 1 ? 1 : (int)Math.Floor(Math.Log10(value)) + 1;
        return value.ToString("N" + Math.Max(0, digits - whole).ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture);
    }

    public static int WriteJson(int exitCode, CurveReport report, Request request) =>
        JsonOutput.Write(exitCode, json =>
        {
            json.WriteString("data", request.Data);
            json.WriteArray("methods", report.Methods.Count, m => json.WriteStringValue(report.Methods[m]));
            foreach ((string name, string value) in request.Told) json.WriteString(name, value);
            json.WriteArray("seeds", report.Seeds.Count, s => json.WriteNumberValue(report.Seeds[s]));
            json.WriteArray("sizes", report.Sizes.Count, n => json.WriteNumberValue(report.Sizes[n]));
            json.WriteNumber("dimension", request.Dimension);
            json.WriteArray("points", report.Points.Count, p =>
            {
                json.WriteStartObject();
                CurveTable.WriteFields(json, report.Points[p]);
                json.WriteEndObject();
            });
            json.WriteStartObject("exponents");
            foreach (GrowthFit fit in report.Fits)
            {
                json.WriteStartObject(fit.Method);
                WriteNumberOrNull("fitted", fit.Exponent);
                WriteNumberOrNull("theorem", fit.Law?.Exponent);
                json.WriteString("formula", fit.Law?.Formula);
                json.WriteBoolean("divided_by_code_bits", fit.DividedByCodeBits);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteBoolean("memorized", report.Memorized);
            json.WriteNumber("dropped", request.Dropped);
            json.WriteNumber("seconds", request.Seconds);

            void WriteNumberOrNull(string name, double? value)
            {
                if (value is { } number) json.WriteNumber(name, number);
                else json.WriteNull(name);
            }
        });
}
