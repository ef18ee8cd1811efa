using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Memo.Experiments;
using Memo.Measures;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>What `memo curve` prints: a table by method and size, means over the seeds, and how fast each method grew.</summary>
internal sealed class CurveOutput(CurveReport report, IReadOnlyList<CoveragePoint> coverage, NearbySet? nearby, CurveOutput.Request request)
{
    /// <summary>The probability with which the guarantee may fail.</summary>
    private const double Delta = 0.05;

    /// <summary>What was asked for, for the JSON object.</summary>
    public sealed record Request(string Data, IReadOnlyList<(string Name, string Value)> Told, int Dimension, int Dropped,
        double Seconds);

    // A column that says nothing of any of the networks is left out.
    private sealed record Column(string Name, Func<IReadOnlyList<CurvePoint>, string> Cell, string? Meaning = null);

    public int WriteText(int exitCode, string heading)
    {
        HumanText.WriteHeading(heading);
        WriteSizes(report);
        Console.Out.WriteLine();
        if (report.Points[0].Test is not null)
        {
            WriteAnswers();
            Console.Out.WriteLine();
        }
        WriteCharts();
        WriteFits(report);
        Console.Out.WriteLine();
        if (coverage.Count > 0)
        {
            WriteCoverage();
            Console.Out.WriteLine();
        }

        HumanText.WriteMemorized(report.Points.Count,
        [
            .. report.Points.Where(point => !point.Memorized).Select(point =>
                ($"{point.Method}, {HumanText.Count(point.Samples)} samples, seed {point.Seed}", point.FirstFailure)),
        ]);
        if (nearby is not null)
        {
            string at = $"at {HumanText.Count(report.Sizes[^1])} samples (Theorem 7.3, delta 5 %)";
            HumanText.Line("guarantee", Guaranteed(report.Sizes[^1]) is > 0 and var right ? $"{Percent(right)} right {at}" : $"nothing yet {at}");
            HumanText.Line("", $"with the nearby set's {HumanText.Plural(nearby.Upper, "ball")} for S_D");
        }
        if (request.Dropped > 0) HumanText.Line("dropped", $"{HumanText.Plural(request.Dropped, "training sample")} with conflicting labels");
        HumanText.Line("time", HumanText.Seconds(request.Seconds));
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
        IEnumerable<string> meanings = columns.Where(column => column.Meaning is not null)
            .Select(column => $"{column.Name}: {column.Meaning}");
        HumanText.WriteHeading(string.Join(", ", meanings) + (report.Seeds.Count > 1 ? "; means" : ""));
        Console.Out.WriteLine();
        var rows = new List<string[]> { columns.Select(column => column.Name).ToArray() };
        foreach (string method in report.Methods)
            foreach (IReadOnlyList<CurvePoint> size in report.Of(method))
                rows.Add([.. columns.Select(column => column.Cell(size))]);
        HumanText.WriteTable(rows, gapBefore: row => row > 1 && rows[row][0] != rows[row - 1][0] && report.Sizes.Count > 1);
    }

    private void WriteAnswers()
    {
        IReadOnlyList<CurveSummary> summaries = report.Summaries;
        HumanText.WriteTable(
        [
            [report.Seeds.Count > 1 ? "tested, % ± deviation" : "tested, %", "N", "right", "wrong", "abstained"],
            .. summaries.Select(each => (string[])
                [each.Method, HumanText.Count(each.Samples), Text(each.Accuracy!.Value), Text(each.Wrong!.Value), Text(each.Abstained!.Value)]),
        ], gapBefore: row => row > 1 && report.Sizes.Count > 1 && summaries[row - 1].Method != summaries[row - 2].Method);
    }

    private static string Hundredth(double share) => (100 * share).ToString("F2", CultureInfo.InvariantCulture);

    private static string Percent(double share) => Hundredth(share) + " %";

    // The accuracy that so many samples promise: 0 where that is nothing.
    private double Guaranteed(int samples) => Math.Max(0, 1 - SampleComplexity.EpsilonAt(samples, nearby!.Upper, Delta));

    private void WriteCharts()
    {
        if (report.Sizes.Count < 3) return; // the table says it all
        IReadOnlyList<char> marks = TextChart.MarksOf(report.Methods);
        IReadOnlyList<CurveSummary> summaries = report.Summaries;
        List<TextChart.Curve> Curves(Func<CurveSummary, double?> value) =>
        [
            .. report.Methods.Select((method, m) => new TextChart.Curve(marks[m], method,
                [.. summaries.Where(each => each.Method == method && value(each) is not null).Select(each => ((double)each.Samples, value(each)!.Value))])),
        ];
        if (report.Points[0].Test is not null)
        {
            TextChart.WriteCurves("right, % of the test samples", Curves(each => 100 * each.Accuracy?.Mean), logarithmic: false, TextChart.Short);
            Console.Out.WriteLine();
        }
        TextChart.WriteCurves("parameters, on a logarithmic scale", Curves(each => each.Parameters.Mean), logarithmic: true,
            value => HumanText.Rounded(new BigInteger(value)));
        Console.Out.WriteLine();
    }

    private void WriteCoverage() => HumanText.WriteTable(
    [
        ["cells, lambda", "answered, %", "right of these, %", "right of all, %"],
        .. coverage.Select(point => (string[])
        [
            point.Lambda.ToString(), Text(point.Coverage), double.IsFinite(point.Selective.Mean) ? Text(point.Selective) : "-", Text(point.Accuracy),
        ]),
    ]);

    private static string Text(Spread spread) =>
        Hundredth(spread.Mean) + (spread.Deviation is { } deviation ? " ±" + Hundredth(deviation) : "");

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

    public void WriteFields(Utf8JsonWriter json)
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
        WriteSummaries(json);
        WriteGuarantee(json);
        json.WriteArray("coverage", coverage.Count, c =>
        {
            json.WriteStartObject();
            json.WriteString("lambda", coverage[c].Lambda.ToString());
            WriteSpread(json, "coverage", coverage[c].Coverage);
            WriteSpread(json, "accuracy_of_covered", coverage[c].Selective);
            WriteSpread(json, "accuracy", coverage[c].Accuracy);
            json.WriteEndObject();
        });
        json.WriteStartObject("exponents");
        foreach (GrowthFit fit in report.Fits)
        {
            json.WriteStartObject(fit.Method);
            json.WriteNumberOrNull("fitted", fit.Exponent);
            json.WriteNumberOrNull("theorem", fit.Law?.Exponent);
            json.WriteString("formula", fit.Law?.Formula);
            json.WriteBoolean("divided_by_code_bits", fit.DividedByCodeBits);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteBoolean("memorized", report.Memorized);
        json.WriteNumber("dropped", request.Dropped);
        json.WriteNumber("seconds", request.Seconds);
    }

    private void WriteSummaries(Utf8JsonWriter json)
    {
        IReadOnlyList<CurveSummary> summaries = report.Summaries;
        json.WriteArray("summary", summaries.Count, s =>
        {
            CurveSummary each = summaries[s];
            json.WriteStartObject();
            json.WriteString("method", each.Method);
            json.WriteNumber("samples", each.Samples);
            json.WriteNumber("seeds", each.Seeds);
            WriteSpread(json, "growing_parameters", each.Parameters);
            WriteSpread(json, "kept", each.Kept);
            WriteSpread(json, "accuracy", each.Accuracy);
            WriteSpread(json, "wrong", each.Wrong);
            WriteSpread(json, "abstained", each.Abstained);
            json.WriteEndObject();
        });
    }

    private void WriteGuarantee(Utf8JsonWriter json)
    {
        if (nearby is null)
        {
            json.WriteNull("guarantee");
            return;
        }
        json.WriteStartObject("guarantee");
        json.WriteStartObject("nearby_set");
        json.WriteNumber("lower", nearby.Lower);
        json.WriteNumber("upper", nearby.Upper);
        json.WriteEndObject();
        json.WriteNumber("delta", Delta);
        json.WriteArray("points", report.Sizes.Count, n =>
        {
            json.WriteStartObject();
            json.WriteNumber("samples", report.Sizes[n]);
            json.WriteNumber("epsilon", SampleComplexity.EpsilonAt(report.Sizes[n], nearby.Upper, Delta));
            json.WriteNumber("accuracy", Guaranteed(report.Sizes[n]));
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    // name: the mean, name_deviation: the standard deviation of the seeds, null for one seed.
    private static void WriteSpread(Utf8JsonWriter json, string name, Spread? spread)
    {
        json.WriteNumberOrNull(name, spread?.Mean);
        json.WriteNumberOrNull(name + "_deviation", spread?.Deviation);
    }
}
