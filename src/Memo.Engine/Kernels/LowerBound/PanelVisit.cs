using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.LowerBound;

/// <summary>
/// The second look at a panel: bounds that grow level by level, the panel left as soon as no point of it reaches the level's
/// threshold. At level s the value of a point b is a.b - h over the first ends[s] pairs of coordinates
/// and one pair more, the lengths of what those leave out; h is half of b's squared norm in these, rounded down.
/// <para>Panel: for each level 32 times -h (int32) and 32 times the last pair; then for each pair of coordinates 32 times two
/// int16. Everything is exact in int32, as in <see cref="PanelFilter"/>.</para>
/// </summary>
internal static unsafe class PanelVisit
{
    private const int Lanes = PanelFilter.Lanes;

    /// <summary>Bytes of what a level keeps in front of the coordinates.</summary>
    public const int LevelBytes = PanelFilter.HeaderBytes + PanelFilter.PairBytes;

    /// <summary>Bytes of a panel.</summary>
    public static nint PanelBytes(int levels, int pairs) => (nint)levels * LevelBytes + (nint)pairs * PanelFilter.PairBytes;

    /// <summary>What a visit needs of its query; all of it belongs to the caller.</summary>
    /// <param name="Pairs">The query's pairs of coordinates.</param>
    /// <param name="Rests">Its last pair at each level.</param>
    /// <param name="Thresholds">The least value that counts, at each level.</param>
    public readonly record struct Query(nint Pairs, nint Rests, nint Thresholds);

    /// <summary>
    /// The first level for several queries at once, so that a panel is read once for four of them: the points of each query
    /// whose value reaches its threshold, as bits.
    /// </summary>
    /// <param name="queries">Queries to choose from.</param>
    /// <param name="which">The indices of those that visit.</param>
    /// <param name="count">How many visit.</param>
    /// <param name="panel">The panel.</param>
    /// <param name="end">Pairs of coordinates that the level takes in.</param>
    /// <param name="levels">Levels that the panel has.</param>
    /// <param name="sums">Receives 32 sums a query for the levels behind, aligned to 64 bytes; room for a multiple of 4.</param>
    /// <param name="values">Receives 32 values a query, likewise.</param>
    /// <param name="masks">Receives the bits.</param>
    public static void First(Query* queries, int* which, int count, byte* panel, int end, int levels, int* sums, int* values, uint* masks) =>
        First(Isa.Active, queries, which, count, panel, end, levels, sums, values, masks);

    internal static void First(InstructionSet set, Query* queries, int* which, int count, byte* panel, int end, int levels, int* sums,
        int* values, uint* masks)
    {
        switch (set)
        {
            case InstructionSet.Avx512: FirstAvx512(queries, which, count, panel, end, levels, sums, values, masks); break;
            case InstructionSet.Avx2: First<Lanes256>(queries, which, count, panel, end, levels, sums, values, masks); break;
            default: First<Lanes128>(queries, which, count, panel, end, levels, sums, values, masks); break;
        }
    }

    /// <summary>
    /// The levels behind the first for one query: the points whose value reaches the threshold at every level, as bits; 0
    /// for none. Otherwise <paramref name="values"/> holds the 32 values of the last level.
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="panel">The panel.</param>
    /// <param name="ends">Pairs of coordinates that each level takes in, ascending.</param>
    /// <param name="levels">Levels that the panel has, at least 2.</param>
    /// <param name="sums">What the first level left.</param>
    /// <param name="values">Receives the values, aligned to 64 bytes.</param>
    public static uint Continue(Query query, byte* panel, int* ends, int levels, int* sums, int* values) =>
        Continue(Isa.Active, query, panel, ends, levels, sums, values);

    internal static uint Continue(InstructionSet set, Query query, byte* panel, int* ends, int levels, int* sums, int* values) => set switch
    {
        InstructionSet.Avx512 => Continue<Lanes512>(query, panel, ends, levels, sums, values),
        InstructionSet.Avx2 => Continue<Lanes256>(query, panel, ends, levels, sums, values),
        _ => Continue<Lanes128>(query, panel, ends, levels, sums, values),
    };

    /// <summary>The scalar reference: the values of a query at a level, and the bits of those that reach the threshold.</summary>
    public static uint LevelReference(Query query, byte* panel, int* ends, int levels, int level, int* values)
    {
        short* coordinates = (short*)(panel + (nint)levels * LevelBytes);
        byte* header = panel + (nint)level * LevelBytes;
        short* rest = (short*)(header + PanelFilter.HeaderBytes);
        uint mask = 0;
        for (int lane = 0; lane < Lanes; lane++)
        {
            int value = ((int*)header)[lane] + Product(((int*)query.Rests)[level], rest + 2 * lane);
            for (int pair = 0; pair < ends[level]; pair++)
                value += Product(((int*)query.Pairs)[pair], coordinates + 2 * Lanes * pair + 2 * lane);
            values[lane] = value;
            if (value >= ((int*)query.Thresholds)[level]) mask |= 1u << lane;
        }
        return mask;

        static int Product(int pair, short* point) => (short)pair * point[0] + (pair >> 16) * point[1];
    }

    // 4 queries x 32 points: 8 accumulators, 2 loads for 8 vpmaddwd.
    private static void FirstAvx512(Query* queries, int* which, int count, byte* panel, int end, int levels, int* sums, int* values, uint* masks)
    {
        for (; count > 0; count -= 4, which += 4, sums += 4 * Lanes, values += 4 * Lanes, masks += 4)
        {
            ref Query query0 = ref queries[which[0]], query1 = ref queries[which[Math.Min(1, count - 1)]];
            ref Query query2 = ref queries[which[Math.Min(2, count - 1)]], query3 = ref queries[which[Math.Min(3, count - 1)]];
            int* x0 = (int*)query0.Pairs, x1 = (int*)query1.Pairs, x2 = (int*)query2.Pairs, x3 = (int*)query3.Pairs;
            Vector512<int> c00 = default, c01 = default, c10 = default, c11 = default;
            Vector512<int> c20 = default, c21 = default, c30 = default, c31 = default;
            short* b = (short*)(panel + (nint)levels * LevelBytes);
            if (count == 1)
                for (int pair = 0; pair < end; pair++, b += 2 * Lanes)
                {
                    Vector512<short> x = Vector512.Create(x0[pair]).AsInt16();
                    c00 = Avx512F.Add(c00, Avx512BW.MultiplyAddAdjacent(x, Vector512.LoadAligned(b)));
                    c01 = Avx512F.Add(c01, Avx512BW.MultiplyAddAdjacent(x, Vector512.LoadAligned(b + Lanes)));
                }
            else
                for (int pair = 0; pair < end; pair++, b += 2 * Lanes)
                {
                    Vector512<short> b0 = Vector512.LoadAligned(b), b1 = Vector512.LoadAligned(b + Lanes);
                    Vector512<short> x = Vector512.Create(x0[pair]).AsInt16();
                    c00 = Avx512F.Add(c00, Avx512BW.MultiplyAddAdjacent(x, b0));
                    c01 = Avx512F.Add(c01, Avx512BW.MultiplyAddAdjacent(x, b1));
                    x = Vector512.Create(x1[pair]).AsInt16();
                    c10 = Avx512F.Add(c10, Avx512BW.MultiplyAddAdjacent(x, b0));
                    c11 = Avx512F.Add(c11, Avx512BW.MultiplyAddAdjacent(x, b1));
                    x = Vector512.Create(x2[pair]).AsInt16();
                    c20 = Avx512F.Add(c20, Avx512BW.MultiplyAddAdjacent(x, b0));
                    c21 = Avx512F.Add(c21, Avx512BW.MultiplyAddAdjacent(x, b1));
                    x = Vector512.Create(x3[pair]).AsInt16();
                    c30 = Avx512F.Add(c30, Avx512BW.MultiplyAddAdjacent(x, b0));
                    c31 = Avx512F.Add(c31, Avx512BW.MultiplyAddAdjacent(x, b1));
                }
            masks[0] = Finish(new Lanes512(c00), new Lanes512(c01), query0, panel, 0, sums, values);
            if (count > 1)
                masks[1] = Finish(new Lanes512(c10), new Lanes512(c11), query1, panel, 0, sums + Lanes, values + Lanes);
            if (count > 2)
                masks[2] = Finish(new Lanes512(c20), new Lanes512(c21), query2, panel, 0, sums + 2 * Lanes, values + 2 * Lanes);
            if (count > 3)
                masks[3] = Finish(new Lanes512(c30), new Lanes512(c31), query3, panel, 0, sums + 3 * Lanes, values + 3 * Lanes);
        }
    }

    private static void First<TLanes>(Query* queries, int* which, int count, byte* panel, int end, int levels, int* sums, int* values,
        uint* masks) where TLanes : struct, ILanes<TLanes>
    {
        for (int q = 0; q < count; q++, sums += Lanes, values += Lanes)
        {
            TLanes sums0 = default, sums1 = default;
            Add((int*)queries[which[q]].Pairs, 0, end, (short*)(panel + (nint)levels * LevelBytes), ref sums0, ref sums1);
            masks[q] = Finish(sums0, sums1, queries[which[q]], panel, 0, sums, values);
        }
    }

    private static uint Continue<TLanes>(Query query, byte* panel, int* ends, int levels, int* sums, int* values)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes sums0 = TLanes.Load(sums), sums1 = TLanes.Load(sums + Lanes / 2);
        short* coordinates = (short*)(panel + (nint)levels * LevelBytes);
        uint mask = 0;
        for (int level = 1; level < levels; level++)
        {
            Add((int*)query.Pairs, ends[level - 1], ends[level], coordinates, ref sums0, ref sums1);
            mask = Finish(sums0, sums1, query, panel, level, sums, values);
            if (mask == 0) break;
        }
        return mask;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TLanes>(int* pairs, int pair, int end, short* coordinates, ref TLanes sums0, ref TLanes sums1)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes s0 = sums0, s1 = sums1; // in registers
        short* b = coordinates + 2 * Lanes * (nint)pair;
        for (; pair < end; pair++, b += 2 * Lanes)
        {
            s0 = TLanes.MultiplyAdd(s0, pairs[pair], b);
            s1 = TLanes.MultiplyAdd(s1, pairs[pair], b + Lanes);
        }
        (sums0, sums1) = (s0, s1);
    }

    // Stores the sums and the level's values, and compares these with the threshold.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Finish<TLanes>(TLanes sums0, TLanes sums1, Query query, byte* panel, int level, int* sums, int* values)
        where TLanes : struct, ILanes<TLanes>
    {
        panel += (nint)level * LevelBytes;
        int rest = ((int*)query.Rests)[level], threshold = ((int*)query.Thresholds)[level];
        short* rests = (short*)(panel + PanelFilter.HeaderBytes);
        TLanes values0 = TLanes.MultiplyAdd(TLanes.Add(sums0, TLanes.Load((int*)panel)), rest, rests);
        TLanes values1 = TLanes.MultiplyAdd(TLanes.Add(sums1, TLanes.Load((int*)panel + Lanes / 2)), rest, rests + Lanes);
        uint mask = TLanes.AtLeast(values0, threshold) | TLanes.AtLeast(values1, threshold) << 16;
        if (mask == 0) return 0;
        TLanes.Store(sums0, sums);
        TLanes.Store(sums1, sums + Lanes / 2);
        TLanes.Store(values0, values);
        TLanes.Store(values1, values + Lanes / 2);
        return mask;
    }

    // Half a panel: 16 int32 lanes in as many registers as the instruction set needs.
    private interface ILanes<TSelf> where TSelf : struct, ILanes<TSelf>
    {
        static abstract TSelf Load(int* values);

        /// <summary>sums + the products of a pair with 16 points.</summary>
        static abstract TSelf MultiplyAdd(TSelf sums, int pair, short* points);

        static abstract TSelf Add(TSelf x, TSelf y);

        static abstract uint AtLeast(TSelf values, int threshold);

        static abstract void Store(TSelf values, int* destination);
    }

    private readonly struct Lanes512(Vector512<int> v) : ILanes<Lanes512>
    {
        private readonly Vector512<int> _v = v;

        public static Lanes512 Load(int* values) => new(Vector512.LoadAligned(values));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes512 MultiplyAdd(Lanes512 sums, int pair, short* points) => new(Avx512F.Add(sums._v,
            Avx512BW.MultiplyAddAdjacent(Vector512.Create(pair).AsInt16(), Vector512.LoadAligned(points))));

        public static Lanes512 Add(Lanes512 x, Lanes512 y) => new(Avx512F.Add(x._v, y._v));

        public static uint AtLeast(Lanes512 values, int threshold) =>
            (uint)Vector512.GreaterThanOrEqual(values._v, Vector512.Create(threshold)).ExtractMostSignificantBits();

        public static void Store(Lanes512 values, int* destination) => Vector512.StoreAligned(values._v, destination);
    }

    private readonly struct Lanes256(Vector256<int> a, Vector256<int> b) : ILanes<Lanes256>
    {
        private readonly Vector256<int> _a = a, _b = b;

        public static Lanes256 Load(int* values) => new(Vector256.LoadAligned(values), Vector256.LoadAligned(values + 8));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes256 MultiplyAdd(Lanes256 sums, int pair, short* points)
        {
            Vector256<short> x = Vector256.Create(pair).AsInt16();
            return new(Avx2.Add(sums._a, Avx2.MultiplyAddAdjacent(x, Vector256.LoadAligned(points))),
                Avx2.Add(sums._b, Avx2.MultiplyAddAdjacent(x, Vector256.LoadAligned(points + 16))));
        }

        public static Lanes256 Add(Lanes256 x, Lanes256 y) => new(Avx2.Add(x._a, y._a), Avx2.Add(x._b, y._b));

        public static uint AtLeast(Lanes256 values, int threshold)
        {
            Vector256<int> bar = Vector256.Create(threshold);
            return Vector256.GreaterThanOrEqual(values._a, bar).ExtractMostSignificantBits() |
                   Vector256.GreaterThanOrEqual(values._b, bar).ExtractMostSignificantBits() << 8;
        }

        public static void Store(Lanes256 values, int* destination)
        {
            Vector256.StoreAligned(values._a, destination);
            Vector256.StoreAligned(values._b, destination + 8);
        }
    }

    private readonly struct Lanes128(Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d) : ILanes<Lanes128>
    {
        private readonly Vector128<int> _a = a, _b = b, _c = c, _d = d;

        public static Lanes128 Load(int* values) => new(Vector128.LoadAligned(values), Vector128.LoadAligned(values + 4),
            Vector128.LoadAligned(values + 8), Vector128.LoadAligned(values + 12));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes128 MultiplyAdd(Lanes128 sums, int pair, short* points)
        {
            Vector128<short> x = Vector128.Create(pair).AsInt16();
            return new(sums._a + PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(points)),
                sums._b + PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(points + 8)),
                sums._c + PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(points + 16)),
                sums._d + PairProducts.MultiplyAddAdjacent(x, Vector128.LoadAligned(points + 24)));
        }

        public static Lanes128 Add(Lanes128 x, Lanes128 y) => new(x._a + y._a, x._b + y._b, x._c + y._c, x._d + y._d);

        public static uint AtLeast(Lanes128 values, int threshold)
        {
            Vector128<int> bar = Vector128.Create(threshold);
            return Vector128.GreaterThanOrEqual(values._a, bar).ExtractMostSignificantBits() |
                   Vector128.GreaterThanOrEqual(values._b, bar).ExtractMostSignificantBits() << 4 |
                   Vector128.GreaterThanOrEqual(values._c, bar).ExtractMostSignificantBits() << 8 |
                   Vector128.GreaterThanOrEqual(values._d, bar).ExtractMostSignificantBits() << 12;
        }

        public static void Store(Lanes128 values, int* destination)
        {
            Vector128.StoreAligned(values._a, destination);
            Vector128.StoreAligned(values._b, destination + 4);
            Vector128.StoreAligned(values._c, destination + 8);
            Vector128.StoreAligned(values._d, destination + 12);
        }
    }
}
