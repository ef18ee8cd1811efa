// The data set whose memorization by a tiny network is as hard as satisfiability (THEORY, section 6).

using System.Globalization;
using Memo.Data.Formats;
using Memo.Numerics;

namespace Memo.Data.Generators;

/// <summary>
/// Theorem 6.5(2) of L. Yu et al., "Generalizability of Memorization Neural Networks", 2024, for a 6-CNF formula of n variables and m
/// clauses, multiplied by 60 so that all values are integers: with e_i the unit vectors and o = (22, .., 22), the points o + 20 e_i
/// and o - 20 e_i have label 1, o + 22 e_i and o - 22 e_i label -1, and each clause o + 5 Q label 1, where Q has 1 for a variable
/// that occurs, -1 for one that occurs negated. A network of n + 8 parameters memorizes these 4 n + m points when some assignment
/// leaves every clause a true and a false literal (<see cref="Constructions.SatWitness"/> builds it).
/// </summary>
internal static class Satisfiability
{
    /// <summary>Literals of a clause.</summary>
    public const int ClauseLength = 6;

    /// <summary>Each coordinate of o, and the steps from it.</summary>
    public const int Centre = 22, Inner = 20, Outer = 22, ClauseStep = 5;

    public static GeneratedSamples Generate(GeneratorParameters parameters, SeededRandom random, MemoryBudget budget)
    {
        (int variables, List<int[]> clauses) = parameters.IsGiven("file")
            ? Load(parameters, budget)
            : Plant(parameters.Integer("variables", ClauseLength, 100_000), parameters.Integer("clauses", 0, 10_000_000), random);
        int count = checked(4 * variables + clauses.Count);
        byte[] points = budget.Allocate<byte>("sat", count, variables);
        points.AsSpan().Fill(Centre);
        var labels = new int[count];
        for (int i = 0; i < variables; i++)
            foreach ((int step, int row) in (ReadOnlySpan<(int, int)>)[(Inner, 0), (-Inner, 1), (Outer, 2), (-Outer, 3)])
            {
                points[(4 * i + row) * variables + i] = (byte)(Centre + step);
                labels[4 * i + row] = row < 2 ? 1 : 0;
            }
        for (int c = 0; c < clauses.Count; c++)
        {
            int row = 4 * variables + c;
            labels[row] = 1;
            foreach (int literal in clauses[c])
                points[row * variables + Math.Abs(literal) - 1] = (byte)(Centre + ClauseStep * Math.Sign(literal));
        }
        return new GeneratedSamples(new SampleMatrix<byte>(points, count, variables), labels, [-1, 1]);
    }

    private static (int Variables, List<int[]> Clauses) Load(GeneratorParameters parameters, MemoryBudget budget)
    {
        foreach (string other in (ReadOnlySpan<string>)["variables", "clauses"])
            if (parameters.IsGiven(other)) throw new MemoException($"sat: {other} is for formulas drawn at random; a file has its own");
        string path = parameters.Path("file");
        using ContentReader content = InputFile.Open(path, budget);
        (int variables, List<int[]> clauses) = DimacsReader.Read(content);
        for (int c = 0; c < clauses.Count; c++)
            if (clauses[c].Length != ClauseLength || clauses[c].Select(Math.Abs).Distinct().Count() != ClauseLength)
                throw new FileFormatException(path, string.Create(CultureInfo.InvariantCulture,
                    $"clause {c + 1} is not of {ClauseLength} different variables, which the data set is made of (6-CNF)"), c);
        return (variables, clauses);
    }

    // Random clauses in which a hidden assignment leaves a true and a false literal.
    private static (int Variables, List<int[]> Clauses) Plant(int variables, int count, SeededRandom random)
    {
        int[] hidden = [.. Enumerable.Range(0, variables).Select(_ => random.NextBelow(2) == 0 ? -1 : 1)];
        var clauses = new List<int[]>(count);
        var clause = new int[ClauseLength];
        while (clauses.Count < count)
        {
            for (int k = 0; k < ClauseLength;)
            {
                int variable = (int)random.NextBelow((ulong)variables) + 1;
                if (!clause.AsSpan(0, k).Contains(variable)) clause[k++] = variable;
            }
            int[] literals = [.. clause.Select(variable => random.NextBelow(2) == 0 ? variable : -variable)];
            if (Math.Abs(literals.Sum(literal => Math.Sign(literal) * hidden[Math.Abs(literal) - 1])) < ClauseLength) clauses.Add(literals);
        }
        return (variables, clauses);
    }
}
