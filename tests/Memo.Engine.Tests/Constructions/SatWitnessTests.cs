using CsCheck;
using Memo.Constructions;
using Memo.Constructions.Sat;
using Memo.Data;
using Memo.Measures;
using Memo.Networks;
using Memo.Storage;

namespace Memo.Tests.Constructions;

/// <summary>Theorem 6.5(2): a formula's points, and the network of n + 8 parameters that an assignment gives.</summary>
public sealed class SatWitnessTests
{
    [Theory]
    [InlineData(6, 0, 0)]
    [InlineData(6, 20, 1)]
    [InlineData(30, 100, 2)]
    [InlineData(120, 1500, 3)]
    [InlineData(200, 2000, 4)]
    public void Planted_formulas_are_memorized_with_n_plus_8_parameters(int variables, int clauses, int seed)
    {
        Dataset data = DataReference.Parse($"sat?variables={variables}&clauses={clauses}&seed={seed}").Load();
        Assert.Equal((4 * variables + clauses, variables), (data.Count, data.Dimension));
        RequireMemorized(data.Shuffle((ulong)seed), variables, clauses);
    }

    private static void RequireMemorized(Dataset data, int variables, int clauses)
    {
        using var network = (ReluNetwork)Construction.Build(SatWitness.Method, data);
        Assert.Equal((variables + 8, 2, 3), ((int)network.Size.Parameters, (int)network.Size.Width, network.Size.Depth));
        Assert.True(Verification.Of(network, data, reference: false).Memorized);
        Assert.True(Verification.Of(network, data, reference: true).Memorized);
        Assert.Equal([new("variables", $"{variables}"), new("clauses", $"{clauses}")], network.Notes);
        using var folder = new TemporaryFolder();
        NetworkFile.Save(folder["sat.memo"], network, 0);
        using INetwork loaded = NetworkFile.Load(folder["sat.memo"]).Network;
        Assert.True(Verification.Of(loaded, data, reference: false).Memorized);
    }

    [Fact]
    public void A_file_gives_the_points_of_the_definition()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("f.cnf", "c a comment\np cnf 7 2\n1 -2 3 -4 5 -6\n0\n-7 6 5 4 3 2 0\n%\n0\n");
        Dataset data = DataReference.Parse($"sat?file={file}").Load();
        Assert.Equal(["-1", "1"], data.Classes);
        for (int i = 0; i < 7; i++)
            foreach ((int row, double step, int label) in new[] { (0, 20.0, 1), (1, -20, 1), (2, 22, 0), (3, -22, 0) })
            {
                Assert.Equal(label, data.Labels[4 * i + row]);
                for (int k = 0; k < 7; k++) Assert.Equal(22 + (k == i ? step : 0), data.Points[4 * i + row, k]);
            }
        int[][] clauses = [[1, -1, 1, -1, 1, -1, 0], [0, 1, 1, 1, 1, 1, -1]];
        for (int c = 0; c < 2; c++)
        {
            Assert.Equal(1, data.Labels[28 + c]);
            for (int k = 0; k < 7; k++) Assert.Equal(22 + 5 * clauses[c][k], data.Points[28 + c, k]);
        }
        RequireMemorized(data, 7, 2);
        RequireMemorized(new Dataset(data.Points.ConvertExactly(ElementType.Float64), data.Labels, data.Classes, "floats"), 7, 2);
    }

    // Six variables and every pattern of signs: some clause has all literals true, whatever the assignment.
    [Fact]
    public void A_formula_without_an_assignment_is_refused()
    {
        using var folder = new TemporaryFolder();
        IEnumerable<string> clauses = Enumerable.Range(0, 64).Select(signs =>
            string.Join(' ', Enumerable.Range(1, 6).Select(v => (signs >> v - 1 & 1) == 0 ? v : -v)) + " 0");
        string file = folder.Write("all.cnf", $"p cnf 6 64\n{string.Join('\n', clauses)}\n");
        Dataset data = DataReference.Parse($"sat?file={file}").Load();
        Assert.Contains("no network of this form", Assert.Throws<MemoException>(() => SatWitness.Build(data)).Message, StringComparison.Ordinal);
        using INetwork other = Construction.Build(Sqrt.Method, data);
        Assert.True(Verification.Of(other, data, reference: false).Memorized);
    }

    [Theory]
    [InlineData("1 2 3 4 5 6 0", "line 1")]
    [InlineData("p cnf 6\n", "line 1")]
    [InlineData("p cnf 6 1\n1 2 3 4 5 7 0\n", "line 2")]
    [InlineData("p cnf 6 1\n1 2 3 4 5 x 0\n", "'x'")]
    [InlineData("p cnf 6 1\n1 2 3 4 5 6\n", "not ended by 0")]
    [InlineData("p cnf 6 2\n1 2 3 4 5 6 0\n", "1 clauses, but the header says 2")]
    [InlineData("p cnf 6 1\n1 2 3 0\n", "clause 1 is not of 6 different variables")]
    [InlineData("p cnf 6 1\n1 2 3 4 5 -5 0\n", "clause 1 is not of 6 different variables")]
    [InlineData("c nothing\n", "no header")]
    public void A_file_that_is_no_such_formula_is_refused(string content, string message)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("f.cnf", content);
        Assert.Contains(message, Assert.Throws<FileFormatException>(() => DataReference.Parse($"sat?file={file}").Load()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Other_data_is_refused()
    {
        Dataset digits = DataReference.Parse("digits:0,1").Load();
        Assert.Contains("row 0 is none of the points", Assert.Throws<MemoException>(() => SatWitness.Build(digits)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_solver_agrees_with_all_assignments() =>
        (from variables in Gen.Int[1, 9]
         from clauses in Gen.Int[0, 2 * variables - 1].Array[1, 3].Array[0, 40]
         select (variables, clauses)).Sample(c =>
    {
        // Clauses of different literals, no variable with its negation.
        int[][] clauses = [.. c.clauses.Select(clause => clause.Distinct().ToArray()).Where(clause => !clause.Any(literal => clause.Contains(literal ^ 1)))];
        var solver = new ClauseSolver(c.variables);
        foreach (int[] clause in clauses) solver.Add([.. clause]);
        bool found = solver.Solve(CancellationToken.None);
        bool expected = Enumerable.Range(0, 1 << c.variables).Any(bits =>
            clauses.All(clause => clause.Any(literal => (bits >> (literal >> 1) & 1) != (literal & 1))));
        Assert.Equal(expected, found);
        if (found) Assert.All(clauses, clause => Assert.Contains(clause, literal => solver[literal >> 1] == ((literal & 1) == 0)));
    }, iter: 3000);
}
