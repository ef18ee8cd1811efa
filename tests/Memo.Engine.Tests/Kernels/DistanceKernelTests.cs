using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using CsCheck;
using Memo.Kernels.SquaredDistance;
using Memo.Numerics;

namespace Memo.Tests.Kernels;

/// <summary>Every version of the distance kernel equals the scalar reference and the definition, and writes nothing beyond.</summary>
public sealed unsafe class DistanceKernelTests
{
    private delegate void Kernel<TDistance>(byte* queries, int queryCount, byte* panel, int dimension, TDistance* distances)
        where TDistance : unmanaged;

    private static readonly Gen<int> Dimensions = Gen.OneOf(Gen.Int[0, 40], Gen.Int[60, 70], Gen.OneOf(127, 784, 3072));

    [Fact]
    public void Byte_distances_match_the_definition() =>
        Check<byte, int, ByteDistance>(Gen.OneOf(Gen.Byte, Gen.OneOf<byte>(0, 255)), ByteDistance.Distances);

    private delegate void MinimaKernel(byte* queries, int queryCount, byte* panel, int dimension, int* minima, nint stride);

    [Fact]
    public void Versions_for_int16_match_the_definition_and_minima_are_the_least() =>
        (from dimension in Gen.Int[0, 70]
         from panel in Gen.Short[-3000, 3000].Array[dimension * Int16Panel.Lanes]
         from groups in Gen.Int[0, 3]
         from queries in Gen.Short[-3000, 3000].Array[dimension * groups * Int16Panel.QueryGroup]
         from stride in Gen.Int[1, 5]
         select (dimension, panel, groups, queries, stride)).Sample(c =>
    {
        int count = c.groups * Int16Panel.QueryGroup;
        nuint queryBytes = Int16Panel.QueryBytes(c.dimension);
        byte* panel = Allocate(Int16Panel.PanelBytes(c.dimension)), packed = Allocate((nuint)count * queryBytes);
        int* minima = (int*)Allocate((nuint)((count + 2) * c.stride * sizeof(int)));
        int* distances = (int*)Allocate((nuint)((count + 2) * Int16Panel.Lanes * sizeof(int)));
        for (int lane = 0; lane < Int16Panel.Lanes; lane++)
            Int16Panel.PackPoint(c.panel.AsSpan(lane * c.dimension, c.dimension), lane, panel);
        for (int q = 0; q < count; q++)
            Int16Panel.PackQuery(c.queries.AsSpan(q * c.dimension, c.dimension), packed + (nuint)q * queryBytes);
        MinimaKernel?[] versions =
        [
            Int16Panel.Minima, Int16Panel.RunVector128<Int16Panel.Least>,
            Avx2.IsSupported ? Int16Panel.RunAvx2<Int16Panel.Least> : null,
            Avx512BW.IsSupported ? Int16Panel.RunAvx512<Int16Panel.Least> : null,
        ];
        foreach (MinimaKernel? run in versions)
        {
            if (run is null) continue;
            new Span<int>(minima, (count + 2) * c.stride).Fill(-7);
            run(packed, count, panel, c.dimension, minima + c.stride, c.stride);
            for (int i = 0; i < (count + 2) * c.stride; i++)
            {
                int q = i / c.stride - 1;
                int expected = i % c.stride != 0 || q < 0 || q >= count ? -7 : Enumerable.Range(0, Int16Panel.Lanes).Min(lane =>
                    Int16Panel.Pair(c.queries.AsSpan(q * c.dimension, c.dimension), c.panel.AsSpan(lane * c.dimension, c.dimension)));
                Assert.Equal(expected, minima[i]);
            }
        }
        Kernel<int>?[] all =
        [
            Int16Panel.Distances, Int16Panel.DistancesReference,
            (q, n, p, d, o) => Int16Panel.RunVector128<Int16Panel.All>(q, n, p, d, o, Int16Panel.Lanes),
            Avx2.IsSupported ? (q, n, p, d, o) => Int16Panel.RunAvx2<Int16Panel.All>(q, n, p, d, o, Int16Panel.Lanes) : null,
            Avx512BW.IsSupported ? (q, n, p, d, o) => Int16Panel.RunAvx512<Int16Panel.All>(q, n, p, d, o, Int16Panel.Lanes) : null,
        ];
        foreach (Kernel<int>? run in all)
        {
            if (run is null) continue;
            var rows = new Span<int>(distances, (count + 2) * Int16Panel.Lanes);
            rows.Fill(-7);
            run(packed, count, panel, c.dimension, distances + Int16Panel.Lanes);
            for (int i = 0; i < rows.Length; i++)
            {
                int q = i / Int16Panel.Lanes - 1, lane = i % Int16Panel.Lanes;
                Assert.Equal(q < 0 || q >= count ? -7 : Int16Panel.Pair(c.queries.AsSpan(q * c.dimension, c.dimension),
                    c.panel.AsSpan(lane * c.dimension, c.dimension)), rows[i]);
            }
        }
        NativeMemory.AlignedFree(panel);
        NativeMemory.AlignedFree(packed);
        NativeMemory.AlignedFree(minima);
        NativeMemory.AlignedFree(distances);
    }, iter: 200);

    [Fact]
    public void Float_versions_match_the_definition() =>
        Check<float, double, FloatDistance<float>>(Gen.OneOf(Gen.Float[-1, 1], Gen.Float.OneTwo), FloatDistance<float>.DistancesReference,
            (Avx512F.IsSupported, FloatDistance<float>.DistancesAvx512), (Fma.IsSupported, FloatDistance<float>.DistancesAvx2),
            (true, FloatDistance<float>.DistancesVector128));

    [Fact]
    public void Double_versions_match_the_definition() =>
        Check<double, double, FloatDistance<double>>(Gen.OneOf(Gen.Double[-2, 2], Gen.OneOf(0.0, 1, 1 - 1e-16, 1e-200)),
            FloatDistance<double>.DistancesReference,
            (Avx512F.IsSupported, FloatDistance<double>.DistancesAvx512), (Fma.IsSupported, FloatDistance<double>.DistancesAvx2),
            (true, FloatDistance<double>.DistancesVector128));

    private static void Check<T, TDistance, TKernel>(Gen<T> value, Kernel<TDistance> reference,
        params (bool Supported, Kernel<TDistance> Run)[] versions)
        where T : unmanaged, INumber<T>
        where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
        where TKernel : struct, IDistanceKernel<T, TDistance> =>
        (from dimension in Dimensions
         from points in Gen.Int[1, TKernel.PanelWidth]
         from values in value.Array[dimension * points]
         from groups in Gen.Int[0, TKernel.QueryGroup == 1 ? 11 : 3]
         from queries in value.Array[dimension * groups * TKernel.QueryGroup]
         select (dimension, points, values, groups, queries)).Sample(c =>
    {
        int width = TKernel.PanelWidth, count = c.groups * TKernel.QueryGroup;
        nuint queryBytes = TKernel.QueryBytes(c.dimension);
        byte* panel = Allocate(TKernel.PanelBytes(c.dimension)), packed = Allocate((nuint)count * queryBytes);
        TDistance* output = (TDistance*)Allocate((nuint)((count + 2) * width * sizeof(TDistance)));
        TDistance* limits = stackalloc TDistance[count];
        uint* lanes = stackalloc uint[count + 1];
        try
        {
            TKernel.PackPanel(c.values, c.dimension, [.. Enumerable.Range(0, c.points)], panel, 0);
            for (int q = 0; q < count; q++)
                TKernel.PackQuery(c.queries.AsSpan(q * c.dimension, c.dimension), packed + (nuint)q * queryBytes, 0);

            TDistance guard = TDistance.CreateChecked(-7);
            foreach ((bool supported, Kernel<TDistance> run) in versions.Append((true, reference)).Append((true, TKernel.Distances)))
            {
                if (!supported) continue;
                new Span<TDistance>(output, (count + 2) * width).Fill(guard);
                run(packed, count, panel, c.dimension, output + width);
                Assert.All(new Span<TDistance>(output, width).ToArray(), v => Assert.Equal(guard, v));
                Assert.All(new Span<TDistance>(output + (count + 1) * width, width).ToArray(), v => Assert.Equal(guard, v));
                for (int q = 0; q < count; q++)
                    for (int i = 0; i < c.points; i++)
                    {
                        ReadOnlySpan<T> a = c.queries.AsSpan(q * c.dimension, c.dimension), b = c.values.AsSpan(i * c.dimension, c.dimension);
                        AssertWithinBound(ExactDistance.Squared(a, b), double.CreateChecked(output[(q + 1) * width + i]));
                        AssertWithinBound(ExactDistance.Squared(a, b), TKernel.Pair(a, b, 0));
                    }
            }

            // Threshold collect against the distances of the same kernel, left in `output`; each limit is one of them.
            TDistance[] expected = new Span<TDistance>(output + width, count * width).ToArray();
            for (int q = 0; q < count; q++) limits[q] = expected[q * width + q % c.points];
            lanes[count] = 12345;
            TKernel.Within(packed, count, panel, c.dimension, limits, lanes, output + width);
            Assert.Equal(12345u, lanes[count]);
            for (int i = 0; i < count * c.points; i++)
            {
                (int q, int lane) = (i / c.points, i % c.points);
                bool within = (lanes[q] >> lane & 1) == 1;
                Assert.Equal(expected[q * width + lane] <= limits[q], within);
                if (within) Assert.Equal(expected[q * width + lane], output[(q + 1) * width + lane]);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(panel);
            NativeMemory.AlignedFree(packed);
            NativeMemory.AlignedFree(output);
        }

        void AssertWithinBound(Dyadic exact, double computed)
        {
            var bound = new ErrorBound(TKernel.RelativeError(c.dimension), TKernel.AbsoluteError(c.dimension));
            Assert.True(Dyadic.FromDouble(bound.Lower(computed)) <= exact && exact <= Dyadic.FromDouble(bound.Upper(computed)),
                $"{computed} for {exact}");
        }
    }, iter: 150);

    private static byte* Allocate(nuint bytes)
    {
        void* memory = NativeMemory.AlignedAlloc(Math.Max(bytes, 64), 64);
        NativeMemory.Clear(memory, bytes);
        return (byte*)memory;
    }
}
