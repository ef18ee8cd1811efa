namespace Memo.Constructions.Sat;

/// <summary>
/// A complete solver for formulas in conjunctive normal form: conflict-driven clause learning with two watched literals, activities
/// that decay, saved phases and restarts by Luby's sequence (J. P. Marques-Silva, K. A. Sakallah, "GRASP", 1996; M. W. Moskewicz et
/// al., "Chaff", 2001; N. Een, N. Sorensson, "An extensible SAT-solver", 2003). Deterministic. A literal is 2 v for the variable v,
/// from 0, and 2 v + 1 for its negation.
/// </summary>
internal sealed class ClauseSolver
{
    private const int RestartUnit = 100; // conflicts
    private const double Decay = 0.95, Huge = 1e100;

    private readonly List<int>[] _watches;   // clauses that watch each literal
    private readonly List<int[]> _clauses = [];
    private readonly sbyte[] _values;        // of each variable: 1 true, -1 false, 0 open
    private readonly sbyte[] _phases;        // the value it had last
    private readonly int[] _levels, _reasons;
    private readonly double[] _activities;
    private readonly PriorityQueue<int, double> _order = new(); // open variables, the most active first; entries may be out of date
    private readonly List<int> _trail = [], _levelStarts = [];
    private readonly bool[] _seen;
    private double _bump = 1;
    private int _next;                       // of the trail: not yet propagated
    private bool _contradiction;

    /// <param name="variables">How many there are.</param>
    public ClauseSolver(int variables)
    {
        _watches = [.. Enumerable.Range(0, 2 * variables).Select(_ => new List<int>())];
        (_values, _phases, _seen) = (new sbyte[variables], new sbyte[variables], new bool[variables]);
        (_levels, _reasons, _activities) = (new int[variables], new int[variables], new double[variables]);
        for (int v = 0; v < variables; v++) _order.Enqueue(v, 0);
    }

    /// <summary>The value of a variable in the assignment found.</summary>
    public bool this[int variable] => _values[variable] > 0;

    /// <summary>Adds a clause of different literals, before the search.</summary>
    public void Add(params int[] clause)
    {
        if (clause.Length == 0) _contradiction = true;
        else if (clause.Length == 1)
        {
            if (Value(clause[0]) < 0) _contradiction = true;
            else if (Value(clause[0]) == 0) Assign(clause[0], -1);
        }
        else Watch(clause);
    }

    /// <summary>Whether some assignment makes every clause true; then the variables have it.</summary>
    public bool Solve(CancellationToken cancellation)
    {
        if (_contradiction) return false;
        for (int restarts = 1; ; restarts++)
            for (int left = RestartUnit * Luby(restarts); ;)
            {
                int conflict = Propagate();
                if (conflict < 0)
                {
                    if (left <= 0)
                    {
                        Backtrack(0);
                        break;
                    }
                    if (!Decide()) return true;
                    continue;
                }
                cancellation.ThrowIfCancellationRequested();
                if (_levelStarts.Count == 0) return false;
                left--;
                (int[] learned, int level) = Analyze(conflict);
                Backtrack(level);
                Assign(learned[0], learned.Length > 1 ? Watch(learned) : -1);
                _bump /= Decay;
            }
    }

    private int Value(int literal) => (literal & 1) == 0 ? _values[literal >> 1] : -_values[literal >> 1];

    private int Watch(int[] clause)
    {
        _clauses.Add(clause);
        _watches[clause[0]].Add(_clauses.Count - 1);
        _watches[clause[1]].Add(_clauses.Count - 1);
        return _clauses.Count - 1;
    }

    private void Assign(int literal, int reason)
    {
        int variable = literal >> 1;
        _values[variable] = _phases[variable] = (sbyte)((literal & 1) == 0 ? 1 : -1);
        (_levels[variable], _reasons[variable]) = (_levelStarts.Count, reason);
        _trail.Add(literal);
    }

    // The clause that is false, or -1.
    private int Propagate()
    {
        while (_next < _trail.Count)
        {
            int falsified = _trail[_next++] ^ 1, kept = 0;
            List<int> watching = _watches[falsified];
            for (int w = 0; w < watching.Count; w++)
            {
                int index = watching[w];
                int[] clause = _clauses[index];
                if (clause[0] == falsified) (clause[0], clause[1]) = (clause[1], clause[0]);
                int other = 2;
                if (Value(clause[0]) <= 0)
                    while (other < clause.Length && Value(clause[other]) < 0) other++;
                if (Value(clause[0]) <= 0 && other < clause.Length)
                {
                    (clause[1], clause[other]) = (clause[other], clause[1]);
                    _watches[clause[1]].Add(index);
                    continue;
                }
                watching[kept++] = index;
                if (Value(clause[0]) > 0) continue;
                if (Value(clause[0]) == 0)
                {
                    Assign(clause[0], index);
                    continue;
                }
                for (w++; w < watching.Count; w++) watching[kept++] = watching[w];
                watching.RemoveRange(kept, watching.Count - kept);
                return index;
            }
            watching.RemoveRange(kept, watching.Count - kept);
        }
        return -1;
    }

    // The clause learned by resolving back to the first unique implication point, its literal first, and the level to go back to.
    private (int[] Clause, int Level) Analyze(int conflict)
    {
        var learned = new List<int> { -1 };
        int open = 0, position = _trail.Count - 1, literal = -1;
        do
        {
            foreach (int each in _clauses[conflict])
            {
                int variable = each >> 1;
                if (each == literal || _seen[variable] || _levels[variable] == 0) continue;
                _seen[variable] = true;
                Bump(variable);
                if (_levels[variable] == _levelStarts.Count) open++;
                else learned.Add(each);
            }
            while (!_seen[_trail[position] >> 1]) position--;
            literal = _trail[position--];
            _seen[literal >> 1] = false;
            conflict = _reasons[literal >> 1];
        }
        while (--open > 0);
        learned[0] = literal ^ 1;
        int level = 0;
        for (int i = 1; i < learned.Count; i++)
        {
            _seen[learned[i] >> 1] = false;
            if (_levels[learned[i] >> 1] <= level) continue;
            level = _levels[learned[i] >> 1];
            (learned[1], learned[i]) = (learned[i], learned[1]); // the second watch is of the highest level
        }
        return ([.. learned], level);
    }

    private void Bump(int variable)
    {
        if ((_activities[variable] += _bump) <= Huge) return;
        for (int v = 0; v < _activities.Length; v++) _activities[v] /= Huge;
        _bump /= Huge;
    }

    private void Backtrack(int level)
    {
        if (_levelStarts.Count <= level) return;
        int start = _levelStarts[level];
        for (int i = start; i < _trail.Count; i++)
        {
            int variable = _trail[i] >> 1;
            _values[variable] = 0;
            _order.Enqueue(variable, -_activities[variable]);
        }
        _trail.RemoveRange(start, _trail.Count - start);
        _levelStarts.RemoveRange(level, _levelStarts.Count - level);
        _next = start;
    }

    // False when no variable is open.
    private bool Decide()
    {
        while (_order.TryDequeue(out int variable, out _))
        {
            if (_values[variable] != 0) continue;
            _levelStarts.Add(_trail.Count);
            Assign(2 * variable + (_phases[variable] > 0 ? 0 : 1), -1);
            return true;
        }
        return false;
    }

    // 1 1 2 1 1 2 4 1 1 2 1 1 2 4 8 ...
    private static int Luby(int index)
    {
        int power = 1;
        while ((1 << power) - 1 < index) power++;
        return (1 << power) - 1 == index ? 1 << (power - 1) : Luby(index - (1 << (power - 1)) + 1);
    }
}
