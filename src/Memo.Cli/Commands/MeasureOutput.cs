using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Memo.Constructions;
using Memo.Data;
using Memo.Experiments;
using Memo.Measures;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>What `memo measure` prints.</summary>
internal sealed class MeasureOutput
{
    /// <summary>Rows closest to another class that are listed.</summary>
    public const int MostClosest = 24;

    private const int MostGroups = 5; // of equal rows, in text

    private readonly DataSurvey _survey;
    private readonly Dataset _original;
    private readonly string _text;
    private readonly double _epsilon, _delta, _seconds;

    /// <param name="survey">What was found.</param>
    /// <param name="original">The rows before conflicts were settled.</param>
    /// <param name="text">The data's name.</param>
    /// <param name="epsilon">The error allowed.</param>
    /// <param name="delta">The probability of failure allowed.</param>
    /// <param name="seconds">What it took.</param>
    public MeasureOutput(DataSurvey survey, Dataset original, string text, double epsilon, double delta, double seconds) =>
        (_survey, _original, _text, _epsilon, _delta, _seconds) = (survey, original, text, epsilon, delta, seconds);

    private Dataset Data => _survey.Data;

    private int ConflictingRows => _survey.Conflicts.Sum(group => group.Count);

    // Of a group with different labels as well: all but one of each label.
    private int DuplicateRows => _survey.Duplicates.Concat(_survey.Conflicts).Sum(group =>
        group.Count - group.Select(i => _original.Labels[i]).Distinct().Count());

    // The smallest network known to memorize the data; cells always is known.
    private ConstructionSize Smallest => _survey.Sizes.Where(size => size.Parameters is not null).MinBy(size => size.Parameters!.Value)!;

    public void WriteFields(Utf8JsonWriter json)
    {
        json.WriteString("data", _text);
        json.WriteNumber("rows", Data.Count);
        json.WriteNumber("dimension", Data.Dimension);
        json.WriteClasses(Data.Classes);
        var counts = new int[Data.Classes.Count];
        foreach (int label in Data.Labels) counts[label]++;
        json.WriteArray("class_counts", counts.Length, k => json.WriteNumberValue(counts[k]));
        json.WriteNumber("conflicts", ConflictingRows);
        WriteGroups(json, "conflict_rows", _survey.Conflicts);
        json.WriteNumber("duplicates", DuplicateRows);
        WriteGroups(json, "duplicate_rows", _survey.Duplicates);
        json.WriteNumber("dropped", _survey.Dropped);
        json.WriteNumber("separation", _survey.Separation);
        json.WriteNumber("separation_on_unit_scale", _survey.Separation / _survey.Unit);
        json.WriteNumber("unit", _survey.Unit);
        IReadOnlyList<CloseRow> closest = _survey.Closest(MostClosest);
        json.WriteArray("closest", closest.Count, c =>
        {
            json.WriteStartObject();
            WriteRow("row", "label", closest[c].Row);
            WriteRow("other_row", "other_label", closest[c].Other);
            json.WriteNumber("point", closest[c].Row);
            json.WriteNumber("other_point", closest[c].Other);
            json.WriteNumber("distance", closest[c].Distance);
            json.WriteEndObject();
        });
        json.WriteArray("histogram", _survey.Histogram.Count, b =>
        {
            json.WriteStartObject();
            json.WriteNumber("from", _survey.Histogram[b].From);
            json.WriteNumber("to", _survey.Histogram[b].To);
            json.WriteNumber("rows", _survey.Histogram[b].Count);
            json.WriteEndObject();
        });
        json.WriteNumber("epsilon", _epsilon);
        json.WriteNumber("delta", _delta);
        if (_survey.Nearby is { } nearby) WriteGuarantee(json, nearby);
        else
            foreach (string name in (string[])["nearby_set", "samples_required", "epsilon_at_n"]) json.WriteNull(name);
        WriteTheorems(json);
        json.WriteArray("sizes", _survey.Sizes.Count, s => WriteSize(json, _survey.Sizes[s]));
        json.WriteNumber("seconds", _seconds);

        void WriteRow(string row, string label, int position)
        {
            json.WriteNumber(row, Data.FileRows[position]);
            json.WritePropertyName(label);
            json.WriteClassValue(Data.Classes, Data.Labels[position]);
        }
    }

    private void WriteGroups(Utf8JsonWriter json, string name, IReadOnlyList<IReadOnlyList<int>> groups) =>
        json.WriteArray(name, groups.Count, g =>
        {
            json.WriteStartArray();
            foreach (int position in groups[g]) json.WriteNumberValue(_original.FileRows[position]);
            json.WriteEndArray();
        });

    // The upper bound is the safe one; the fields of that name are for it.
    private void WriteGuarantee(Utf8JsonWriter json, NearbySet nearby)
    {
        json.WriteStartObject("nearby_set");
        json.WriteNumber("lower", nearby.Lower);
        json.WriteNumber("upper", nearby.Upper);
        json.WriteString("estimates", "S_D");
        json.WriteEndObject();
        json.WriteNumber("samples_required", SampleComplexity.SamplesRequired(nearby.Upper, _epsilon, _delta));
        json.WriteNumber("samples_required_lower", SampleComplexity.SamplesRequired(nearby.Lower, _epsilon, _delta));
        json.WriteNumber("epsilon_at_n", SampleComplexity.EpsilonAt(Data.Count, nearby.Upper, _delta));
        json.WriteNumber("epsilon_at_n_lower", SampleComplexity.EpsilonAt(Data.Count, nearby.Lower, _delta));
        json.WriteNumber("log10_delta_at_n", SampleComplexity.LogDeltaAt(Data.Count, nearby.Upper, _epsilon));
        json.WriteNumber("log10_delta_at_n_lower", SampleComplexity.LogDeltaAt(Data.Count, nearby.Lower, _epsilon));
        double[] factors = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];
        json.WriteArray("guarantee", factors.Length, f =>
        {
            long samples = Math.Max(1, (long)Math.Round(Data.Count * factors[f]));
            json.WriteStartObject();
            json.WriteNumber("samples", samples);
            json.WriteNumber("epsilon_lower", SampleComplexity.EpsilonAt(samples, nearby.Lower, _delta));
            json.WriteNumber("epsilon_upper", SampleComplexity.EpsilonAt(samples, nearby.Upper, _delta));
            json.WriteEndObject();
        });
    }

    private void WriteTheorems(Utf8JsonWriter json)
    {
        if (_survey.Nearby is null) return;
        double c = _survey.Separation / _survey.Unit, logParameters = BigInteger.Log10(Smallest.Parameters!.Value);
        string at = $", for N_D = 10^{HumanText.Number(logParameters)} parameters";
        json.WriteStartObject("theorems");
        Write("proposition_7_7", "S_D <= (floor(6.2 n/c) + 1)^n", SampleComplexity.LogNearbySetBound(Data.Dimension, c));
        Write("theorem_6_1", "N >= v N_D^2 / ln^2 N_D (1 - 2 epsilon - delta)" + at,
            SampleComplexity.LogSamplesNecessary(logParameters, _epsilon, _delta));
        Write("corollary_6_4", "exponential in n / c^2 for the worst data so separated: Lemma F.1 has 2^floor(n / ceil(c^2)) points as far apart",
            SampleComplexity.LogHypercubePoints(Data.Dimension, c));
        Write("theorem_6_5", "v N_D^2 ln(N_D / (epsilon^2 delta)) / epsilon^2 suffice" + at,
            SampleComplexity.LogSamplesSufficient(logParameters, _epsilon, _delta));
        json.WriteString("n_d", $"the parameters of {Smallest.Method}, the smallest network known to memorize these rows; an upper bound for them, so that theorem_6_1 demands nothing of the data");
        json.WriteNumber("log10_n_d", logParameters);
        json.WriteEndObject();

        void Write(string name, string formula, double? log10)
        {
            json.WriteStartObject(name);
            json.WriteString("formula", formula);
            json.WriteNumberOrNull("log10", log10);
            json.WriteEndObject();
        }
    }

    private static void WriteSize(Utf8JsonWriter json, ConstructionSize size)
    {
        json.WriteStartObject();
        json.WriteString("method", size.Method);
        WriteInteger("parameters", size.Parameters);
        WriteInteger("width", size.Width);
        WriteInteger("depth", size.Depth);
        WriteInteger("bits", size.Bits);
        json.WriteBoolean("is_bound", size.IsBound);
        json.WriteString("formula", size.Formula);
        json.WriteEndObject();

        void WriteInteger(string name, BigInteger? value)
        {
            if (value is { } known) json.WriteInteger(name, known);
            else json.WriteNull(name);
        }
    }

    public int WriteText()
    {
        HumanText.Line("rows", $"{HumanText.Count(Data.Count)} of {HumanText.Plural(Data.Dimension, "feature")}, " +
                               $"classes {HumanText.Classes(Data.Classes)}");
        WriteEqualRows("conflicts", ConflictingRows, _survey.Conflicts, "equal one of another class");
        if (_survey.Dropped > 0) HumanText.Line("dropped", HumanText.Plural(_survey.Dropped, "row"));
        WriteEqualRows("duplicates", DuplicateRows, _survey.Duplicates, "equal an earlier one of the class");
        CloseRow closest = _survey.Closest(1)[0];
        HumanText.Line("separation", HumanText.Number(_survey.Separation) +
            (_survey.Unit != 1 ? $" ({HumanText.Number(_survey.Separation / _survey.Unit)} with the data scaled into [0,1])" : ""));
        HumanText.Line("", $"between row {Data.FileRows[closest.Row]} ({Data.Classes[Data.Labels[closest.Row]]}) and row " +
            $"{Data.FileRows[closest.Other]} ({Data.Classes[Data.Labels[closest.Other]]})");
        Console.Out.WriteLine();
        Console.Out.WriteLine("Rows by their distance to the nearest of another class");
        TextChart.WriteBars([.. _survey.Histogram.Select((bin, b) =>
            ($"{TextChart.Short(bin.From)} to {TextChart.Short(bin.To)}", bin.Count))]);
        Console.Out.WriteLine();
        if (_survey.Nearby is { } nearby)
        {
            WriteGuarantee(nearby);
            Console.Out.WriteLine();
            WriteSizes();
            Console.Out.WriteLine();
        }
        else
            HumanText.Line("nearby set", "none while rows of different classes are equal (--on-conflict)");
        HumanText.Line("time", HumanText.Seconds(_seconds));
        return ExitCode.Success;
    }

    private void WriteEqualRows(string name, int count, IReadOnlyList<IReadOnlyList<int>> groups, string what)
    {
        HumanText.Line(name, count == 0 ? "none" : $"{HumanText.Plural(count, "row")} {what}");
        foreach (IReadOnlyList<int> group in groups.Take(MostGroups))
            HumanText.Line("", string.Join(", ", group.Take(8).Select(i =>
                $"row {_original.FileRows[i]} ({_original.Classes[_original.Labels[i]]})")) + (group.Count > 8 ? ", .." : ""));
        if (groups.Count > MostGroups) HumanText.Line("", $"and {groups.Count - MostGroups} more groups, in the --json output");
    }

    private void WriteGuarantee(NearbySet nearby)
    {
        double epsilon = SampleComplexity.EpsilonAt(Data.Count, nearby.Upper, _delta);
        double lower = SampleComplexity.EpsilonAt(Data.Count, nearby.Lower, _delta);
        string range = nearby.Lower == nearby.Upper ? HumanText.Count(nearby.Upper)
            : $"between {HumanText.Count(nearby.Lower)} and {HumanText.Count(nearby.Upper)}";
        HumanText.Line("nearby set", $"{range} balls of radius L/3.1: an estimate of S_D");
        HumanText.Line("needed", $"{Needed(nearby)} samples for an error of at most {Percentage(_epsilon)},");
        HumanText.Line("", $"but for a chance of {Percentage(_delta)} (Theorem 7.3)");
        HumanText.Line("promised", epsilon < 1
            ? $"by these {HumanText.Count(Data.Count)}: an error of at most {Percentage(epsilon)}"
            : $"by these {HumanText.Count(Data.Count)}: nothing, the bound on the error is {HumanText.Number(epsilon)}");
        if (epsilon >= 1 && lower < 1) HumanText.Line("", $"({HumanText.Number(lower)} with the lower of the two numbers of balls)");
        double c = _survey.Separation / _survey.Unit, logParameters = BigInteger.Log10(Smallest.Parameters!.Value);
        HumanText.Line("S_D at most", $"10^{HumanText.Number(SampleComplexity.LogNearbySetBound(Data.Dimension, c))}, for any data of this separation (Prop. 7.7)");
        HumanText.Line("networks of", $"10^{HumanText.Number(logParameters)} parameters, as {Smallest.Method} here, where it takes so many:");
        HumanText.Line("", $"{Power(SampleComplexity.LogSamplesNecessary(logParameters, _epsilon, _delta))} necessary (Theorem 6.1),");
        HumanText.Line("", $"{Power(SampleComplexity.LogSamplesSufficient(logParameters, _epsilon, _delta))} enough (Theorem 6.5)");
        HumanText.Line("worst case", $"exponential in n/c^2: 10^{HumanText.Number(SampleComplexity.LogHypercubePoints(Data.Dimension, c))} points as far apart (6.4)");
    }

    private string Needed(NearbySet nearby)
    {
        long most = SampleComplexity.SamplesRequired(nearby.Upper, _epsilon, _delta);
        long least = SampleComplexity.SamplesRequired(nearby.Lower, _epsilon, _delta);
        return least == most ? HumanText.Count(most) : $"{HumanText.Count(least)} to {HumanText.Count(most)}";
    }

    private void WriteSizes()
    {
        HumanText.WriteTable(
        [
            ["size unbuilt", "parameters", "width", "depth", "bits"],
            .. _survey.Sizes.Select(size => (string[])
            [
                size.Method, Bounded(size.Parameters, size.IsBound), Bounded(size.Width, size.IsBound), Bounded(size.Depth, false),
                Bounded(size.Bits, size.IsBound),
            ]),
        ]);
        static string Bounded(BigInteger? value, bool isBound) =>
            value is not { } known ? "-" : (isBound ? "<= " : "") + HumanText.Rounded(known);
    }

    private static string Power(double? log10) => log10 is { } value ? $"v 10^{HumanText.Number(value)} samples" : "nothing";

    private static string Percentage(double share) => (100 * share).ToString("G3", CultureInfo.InvariantCulture) + " %";
}
