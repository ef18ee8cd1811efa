using System.Globalization;
using Memo.Experiments;
using Memo.Measures;

namespace Memo.Cli.Commands;

/// <summary>
/// What `memo pairs` prints of several methods, the paper's Table 4: a row a pair, for each method the shares of the test
/// rows that it has right, wrong and abstains from, and the means; as many methods side by side as the page is wide. Then
/// what the networks are like, a row a method.
/// </summary>
internal static class PairsComparison
{
    // A share is "100.00" with a space before it, or the mark of a network that does not memorize.
    private const int PageWidth = 80, ShareWidth = 7, NeighbourWidth = 9;

    public static int WriteText(int exitCode, PairReport report, string heading, PairsOutput.Request request)
    {
        string[] methods = [.. report.Methods];
        ClassPair[] pairs = [.. report.Of(methods[0]).Pairs.Select(result => result.Pair)];
        int nameWidth = Math.Max("mean".Length, pairs.Max(pair => pair.ToString().Length));
        int groups = Math.Max(1, (PageWidth - nameWidth - NeighbourWidth) / (3 * ShareWidth));
        int blocks = (methods.Length + groups - 1) / groups;

        HumanText.WriteHeading(heading);
        Console.Out.WriteLine("Shares of the test rows in %: right, wrong, abstained (none)");
        Console.Out.WriteLine();
        foreach (string[] block in methods.Chunk((methods.Length + blocks - 1) / blocks)) // evenly filled
        {
            WriteBlock([.. block.Select(report.Of)], pairs, nameWidth);
            Console.Out.WriteLine();
        }
        WriteNetworks(report, methods);
        Console.Out.WriteLine();
        HumanText.WriteMemorized(report.Pairs.Count,
            [.. report.Pairs.Where(pair => !pair.Memorized).Select(pair => ($"{pair.Method}, {pair.Pair}", pair.FirstFailure))]);
        string[] factored = [.. report.Pairs.Where(pair => pair.IsFactored).Select(pair => pair.Method).Distinct()];
        if (factored.Length > 0)
            HumanText.Line("factored", $"{string.Join(", ", factored)}: sizes of the dense network");
        if (report.Of(methods[0]).Pairs.Sum(pair => (long)pair.Dropped) is > 0 and var dropped)
            HumanText.Line("dropped", $"{HumanText.Plural(dropped, "training sample")} with conflicting labels");
        PairsOutput.WriteFeatures(report, request);
        HumanText.Line("time", HumanText.Seconds(request.Seconds));
        return exitCode;
    }

    private static void WriteBlock(PairReport[] methods, ClassPair[] pairs, int nameWidth)
    {
        TextWriter output = Console.Out;
        output.Write(new string(' ', nameWidth));
        foreach (PairReport method in methods) output.Write("  " + Centred(method.Methods[0], 3 * ShareWidth - 2, '-'));
        output.WriteLine("  nearest".PadLeft(NeighbourWidth));
        output.Write("pair".PadRight(nameWidth));
        foreach (PairReport _ in methods)
            foreach (string share in (string[])["right", "wrong", "none"]) output.Write(share.PadLeft(ShareWidth));
        output.WriteLine("neighb.".PadLeft(NeighbourWidth));
        for (int p = 0; p < pairs.Length; p++)
        {
            output.Write(pairs[p].ToString().PadRight(nameWidth));
            foreach (PairReport method in methods)
            {
                Evaluation test = method.Pairs[p].Test;
                string mark = method.Pairs[p].Memorized ? "" : HumanText.NotMemorized;
                WriteShares(mark, test.Accuracy, test.WrongShare, test.AbstainedShare);
            }
            output.WriteLine(Share(methods[0].Pairs[p].NearestNeighbour).PadLeft(NeighbourWidth));
        }
        output.Write("mean".PadRight(nameWidth));
        foreach (PairReport method in methods) WriteShares("", method.MeanAccuracy, method.MeanWrong, method.MeanAbstained);
        output.WriteLine(Share(methods[0].MeanNearestNeighbour).PadLeft(NeighbourWidth));
    }

    private static void WriteShares(string mark, params ReadOnlySpan<double> shares)
    {
        foreach (double share in shares)
        {
            Console.Out.Write((mark + Share(share)).PadLeft(ShareWidth));
            mark = "";
        }
    }

    // The largest network of each method, by its weights that are not zero, and the time of all.
    private static void WriteNetworks(PairReport report, string[] methods)
    {
        string[][] rows =
        [
            ["largest", "memorized", "depth", "width", "not zero", "bits", "build", "eval"],
            .. methods.Select(report.Of).Select(method =>
            {
                PairResult largest = method.Pairs.MaxBy(pair => pair.Size.NonZero)!;
                int memorized = method.Pairs.Count(pair => pair.Memorized);
                return (string[])
                [
                    largest.Method, $"{memorized} of {method.Pairs.Count}", HumanText.Count(largest.Size.Depth),
                    HumanText.Rounded(largest.Size.Width), HumanText.Rounded(largest.Size.NonZero),
                    HumanText.Count(largest.Size.Bits),
                    HumanText.Seconds(method.Pairs.Sum(pair => pair.BuildSeconds)),
                    HumanText.Seconds(method.Pairs.Sum(pair => pair.EvaluationSeconds)),
                ];
            }),
        ];
        HumanText.WriteTable(rows);
    }

    private static string Share(double share) => (100 * share).ToString("F2", CultureInfo.InvariantCulture);

    private static string Centred(string text, int width, char fill)
    {
        string framed = $" {text} ";
        int left = Math.Max(0, (width - framed.Length) / 2);
        return (new string(fill, left) + framed).PadRight(width, fill);
    }
}
