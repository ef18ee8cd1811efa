using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Memo.Kernels.LowerBound;

/// <summary>
/// The second look at a panel, for one query: bounds that grow level by level, the panel left as soon as no point of it
/// reaches the level's threshold. At level s the value of a point b is a.b - h over the first ends[s] pairs of coordinates
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

    /// <summary>
    /// The points whose value reaches the threshold at every level, as bits; 0 for none. Otherwise the 32 values of the last
    /// level are in <paramref name="values"/> (aligned to 64 bytes).
    /// </summary>
    /// <param name="query">The query's pairs of coordinates.</param>
    /// <param name="rests">Its last pair at each level.</param>
    /// <param name="thresholds">The least value that counts, at each level.</param>
    /// <param name="panel">The panel.</param>
    /// <param name="ends">Pairs of coordinates that a level takes in, ascending.</param>
    /// <param name="levels">Levels that the panel has.</param>
    /// <param name="values">Receives the values.</param>
    /// <param name="last">The level to end with.</param>
    public static uint Run(int* query, int* rests, int* thresholds, byte* panel, int* ends, int levels, int* values, int last) =>
        Chosen(query, rests, thresholds, panel, ends, levels, values, last);

    /// <summary><see cref="Run"/> for the instruction set in use: visits are too short to choose at each.</summary>
    public static delegate*<int*, int*, int*, byte*, int*, int, int*, int, uint> Chosen => Isa.Active switch
    {
        InstructionSet.Avx512 => &Run<Lanes512>,
        InstructionSet.Avx2 => &Run<Lanes256>,
        _ => &Run<Lanes128>,
    };

    /// <summary>The scalar reference of <see cref="Run"/>.</summary>
    public static uint RunReference(int* query, int* rests, int* thresholds, byte* panel, int* ends, int levels, int* values, int last)
    {
        short* coordinates = (short*)(panel + (nint)levels * LevelBytes);
        for (int level = 0; level <= last; level++)
        {
            uint mask = 0;
            byte* header = panel + (nint)level * LevelBytes;
            short* rest = (short*)(header + PanelFilter.HeaderBytes);
            for (int lane = 0; lane < Lanes; lane++)
            {
                int value = ((int*)header)[lane] + Product(rests[level], rest + 2 * lane);
                for (int pair = 0; pair < ends[level]; pair++)
                    value += Product(query[pair], coordinates + 2 * Lanes * pair + 2 * lane);
                values[lane] = value;
                if (value >= thresholds[level]) mask |= 1u << lane;
            }
            if (mask == 0 || level == last) return mask;
        }
        return 0;

        static int Product(int pair, short* point) => (short)pair * point[0] + (pair >> 16) * point[1];
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

    private static uint Run<TLanes>(int* query, int* rests, int* thresholds, byte* panel, int* ends, int levels, int* values,
        int last) where TLanes : struct, ILanes<TLanes>
    {
        TLanes sums0 = default, sums1 = default;
        short* b = (short*)(panel + (nint)levels * LevelBytes);
        int pair = 0;
        for (int level = 0; ; level++, panel += LevelBytes)
        {
            for (int end = ends[level]; pair < end; pair++, b += 2 * Lanes)
            {
                int a = query[pair];
                sums0 = TLanes.MultiplyAdd(sums0, a, b);
                sums1 = TLanes.MultiplyAdd(sums1, a, b + Lanes);
            }
            short* rest = (short*)(panel + PanelFilter.HeaderBytes);
            TLanes values0 = TLanes.MultiplyAdd(TLanes.Add(sums0, TLanes.Load((int*)panel)), rests[level], rest);
            TLanes values1 = TLanes.MultiplyAdd(TLanes.Add(sums1, TLanes.Load((int*)panel + 16)), rests[level], rest + Lanes);
            uint mask = TLanes.AtLeast(values0, thresholds[level]) | TLanes.AtLeast(values1, thresholds[level]) << 16;
            if (mask == 0) return 0;
            if (level < last) continue;
            TLanes.Store(values0, values);
            TLanes.Store(values1, values + 16);
            return mask;
        }
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
