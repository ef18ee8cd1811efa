// Formulas in the DIMACS CNF format, as SAT competitions and solvers use it.

using System.Globalization;
using System.Text;

namespace Memo.Data.Formats;

/// <summary>
/// A formula in conjunctive normal form: comments (c ...), a header (p cnf VARIABLES CLAUSES), then clauses of integers, k for the
/// variable k and -k for its negation, each ended by 0, over any number of lines. A line with % ends the file, as in SATLIB.
/// </summary>
internal static class DimacsReader
{
    private const int MostVariables = 1 << 20;

    /// <summary>Reads a formula.</summary>
    /// <returns>The number of variables, and the clauses: literals from 1 on, negative where negated.</returns>
    /// <exception cref="FileFormatException">The content is no such formula; the message names the line.</exception>
    public static (int Variables, List<int[]> Clauses) Read(ContentReader content)
    {
        var lines = new LineReader(content);
        var clauses = new List<int[]>();
        var clause = new List<int>();
        int variables = -1, promised = 0;
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            string text = Encoding.UTF8.GetString(line).Trim();
            if (text.Length == 0 || text[0] == 'c') continue;
            if (text[0] == '%') break;
            string[] words = text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (variables < 0)
            {
                if (words.Length != 4 || words[0] != "p" || words[1] != "cnf" || !Number(words[2], out variables) ||
                    !Number(words[3], out promised) || variables < 1 || variables > MostVariables || promised < 0)
                    throw Error($"{LineReader.Quote(line)} is no header; expected p cnf VARIABLES CLAUSES");
                continue;
            }
            foreach (string word in words)
            {
                if (!Number(word, out int literal) || Math.Abs((long)literal) > variables)
                    throw Error($"'{word}' is no literal of {variables} variables");
                if (literal != 0)
                {
                    clause.Add(literal);
                    continue;
                }
                clauses.Add([.. clause]);
                clause.Clear();
            }
        }
        if (variables < 0) throw Error("there is no header; expected p cnf VARIABLES CLAUSES");
        if (clause.Count > 0) throw Error("the last clause is not ended by 0");
        if (clauses.Count != promised) throw Error($"{clauses.Count} clauses, but the header says {promised}");
        return (variables, clauses);

        static bool Number(string word, out int value) =>
            int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

        FileFormatException Error(string problem) => new(content.Path, $"line {lines.LineNumber}: {problem}", clauses.Count);
    }
}
