using System.Globalization;
using Memo.Constructions.Sat;
using Memo.Data;
using Memo.Data.Generators;
using Memo.Networks;

namespace Memo.Constructions;

/// <summary>
/// Theorem 6.5(2): the data set of a 6-CNF formula (<see cref="Satisfiability"/>) is memorized by a network of n + 8 parameters,
/// width 2 and depth 3, when an assignment s in {-1, 1}^n leaves every clause a true and a false literal; finding one is as hard as
/// satisfiability. In the integers of that data, with o = (22, .., 22):
/// <code>
/// h = ReLU(s . (x - o) + 60)         40 to 80 for label 1, 38 or 82 for label -1
/// F = 1 - ReLU(40 - h) - ReLU(h - 80)
/// </code>
/// </summary>
public static class SatWitness
{
    /// <summary>The construction's name.</summary>
    public const string Method = "sat";

    private const int Offset = 60, Least = Offset - Satisfiability.Inner, Greatest = Offset + Satisfiability.Inner;

    /// <summary>
    /// The network that memorizes <paramref name="data"/>: the formula is read off the samples, in any order, and an assignment is
    /// searched for, which takes exponential time at worst.
    /// </summary>
    /// <param name="data">Samples as the generator sat makes them.</param>
    /// <param name="run">Cancellation.</param>
    /// <exception cref="MemoException">Samples of another form, or a formula without such an assignment.</exception>
    public static ReluNetwork Build(Dataset data, RunOptions? run = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Construction.RequireClasses(data, Method, binary: true);
        run ??= RunOptions.Default;
        List<int[]> clauses = ReadClauses(data);
        var solver = new ClauseSolver(data.Dimension);
        solver.Add(0); // with s goes -s
        foreach (int[] clause in clauses)
        {
            solver.Add([.. clause]);
            solver.Add([.. clause.Select(literal => literal ^ 1)]);
        }
        if (!solver.Solve(run.Cancellation))
            throw new MemoException($"{data.Source}: every assignment makes all literals of some clause true, or all false (proved), so that " +
                                    "no network of this form memorizes the data; other methods do");

        var weights = new long[data.Dimension];
        for (int i = 0; i < weights.Length; i++) weights[i] = solver[i] ? 1 : -1;
        var network = new ReluNetworkBuilder(data.Dimension, run.Cancellation);
        LinearForm h = network.Relu(LinearForm.OfInputs(weights) + (Offset - Satisfiability.Centre * weights.Sum()));
        network.EndLayer();
        (LinearForm below, LinearForm above) = (network.Relu(Least - h), network.Relu(h - Greatest));
        network.EndLayer();
        return new ReluNetwork(network.WithOutputs(1 - below - above), new ReluNetworkDescription
        {
            Method = Method,
            Classes = data.Classes,
            Readout = Readout.Sign,
            Samples = data.Count,
            Box = data.Points.ElementType == ElementType.UInt8 ? InputBox.Bytes
                : new InputBox(data.Points.ElementType, 0, 0, Satisfiability.Centre + Satisfiability.Outer),
            Notes =
            [
                new("variables", data.Dimension.ToString(CultureInfo.InvariantCulture)),
                new("clauses", clauses.Count.ToString(CultureInfo.InvariantCulture)),
            ],
        });
    }

    // Literals 2 v and 2 v + 1 of each clause. Which of the points of the variables are there does not matter: any s is right on them.
    private static List<int[]> ReadClauses(Dataset data)
    {
        var clauses = new List<int[]>();
        var steps = new List<(int Variable, int Step)>();
        for (int row = 0; row < data.Count; row++)
        {
            steps.Clear();
            for (int i = 0; i < data.Dimension && steps.Count <= Satisfiability.ClauseLength; i++)
            {
                double step = data.Points[row, i] - Satisfiability.Centre;
                if (step != 0) steps.Add((i, step == Math.Round(step) && Math.Abs(step) < 100 ? (int)step : int.MaxValue));
            }
            bool positive = data.Labels[row] == 1;
            if (steps.Count == 1 && Math.Abs((long)steps[0].Step) == (positive ? Satisfiability.Inner : Satisfiability.Outer)) continue;
            if (!positive || steps.Count != Satisfiability.ClauseLength ||
                steps.Exists(each => Math.Abs((long)each.Step) != Satisfiability.ClauseStep))
                throw new MemoException($"{data.Source}: row {data.FileRows[row]} is none of the points of a 6-CNF formula (label " +
                    $"{data.Classes[data.Labels[row]]}); the method {Method} is for the data of the generator sat");
            clauses.Add([.. steps.Select(each => 2 * each.Variable + (each.Step > 0 ? 0 : 1))]);
        }
        return clauses;
    }
}
