// libmemo, kernels by themselves: nearest rows and matrix products on the caller's memory.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Memo.Data;
using Memo.Kernels;
using Memo.Measures;
using Memo.Numerics;

namespace Memo.Native;

internal static unsafe class KernelFunctions
{
    private const int LargestSize = 1 << 30;

    [UnmanagedCallersOnly(EntryPoint = "memo_nearest_rows", CallConvs = [typeof(CallConvCdecl)])]
    public static int FindNearestRows(MatrixView* points, MatrixView* queries, RunRequest* run, long* rows, double* squaredDistances,
        long length) => Guard.Run(() =>
    {
        MatrixView among = MatrixView.Read(points, "points"), asked = MatrixView.Read(queries, "queries");
        if (among.Rows == 0) throw CallException.InvalidArgument("points: there is no point to be nearest to a query");
        asked.RequireColumns("queries", among.Columns, "the points have");
        if (asked.ElementType != among.ElementType)
            throw CallException.InvalidArgument($"queries: elements of type {asked.ElementType}, but the points are of type {among.ElementType}");
        CallException.RequireLength(rows, length, asked.Rows, "rows");
        among.RequireOneBlock("points");
        LongCall.Run(run, work =>
        {
            SampleMatrix from = Named("points", () => among.Samples(0, (int)among.Rows));
            long block = asked.RowsPerBlock(taken: null), first = 0;
            for (; first < asked.Rows; first += block)
            {
                SampleMatrix to = Named("queries", () => asked.Samples(first, (int)Math.Min(block, asked.Rows - first)));
                double done = (double)first / asked.Rows, next = (double)(first + to.Rows) / asked.Rows;
                NearestRows found = NearestRows.Of(from, to, work.Part(done, next));
                for (int q = 0; q < to.Rows; q++)
                {
                    rows[first + q] = found.Rows[q];
                    if (squaredDistances != null) squaredDistances[first + q] = NearestDouble.Of(found.SquaredDistances[q]);
                }
            }
            return 0;
        });
    });

    private static SampleMatrix Named(string name, Func<SampleMatrix> read)
    {
        try
        {
            return read();
        }
        catch (MemoException error)
        {
            throw new MemoException($"{name}: {error.Message}", error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "memo_gemm_float32", CallConvs = [typeof(CallConvCdecl)])]
    public static int MultiplyFloats(MatrixView* a, MatrixView* b, float* bias, int relu, RunRequest* run, float* c, long stride) => Guard.Run(() =>
    {
        if (relu is not (0 or 1)) throw CallException.InvalidArgument($"relu is {relu}: give 0 or 1");
        (MatrixView left, MatrixView right, int length) = RequireProduct(a, b, ElementType.Float32, c, stride, sizeof(float));
        int m = (int)left.Rows, n = (int)right.Rows, k = (int)left.Columns;
        if (bias != null && Overlap(bias, (nuint)n * sizeof(float), c, (nuint)length * sizeof(float)))
            throw CallException.InvalidArgument("c overlaps bias");
        LongCall.Run(run, work =>
        {
            Gemm.MultiplyTransposed(m, n, k, new ReadOnlySpan<float>(left.Data, (int)left.Elements), Stride(left),
                new ReadOnlySpan<float>(right.Data, (int)right.Elements), Stride(right), new Span<float>(c, length), m > 1 ? (int)stride : n,
                new ReadOnlySpan<float>(bias, bias == null ? 0 : n), relu == 1, work.Threads);
            return 0;
        });
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_gemm_uint8", CallConvs = [typeof(CallConvCdecl)])]
    public static int MultiplyBytes(MatrixView* a, MatrixView* b, RunRequest* run, int* c, long stride) => Guard.Run(() =>
    {
        (MatrixView left, MatrixView right, int length) = RequireProduct(a, b, ElementType.UInt8, c, stride, sizeof(int));
        if (left.Columns > ByteGemm.MaximumDepth)
            throw CallException.InvalidArgument($"a: {left.Columns} columns; sums of more than {ByteGemm.MaximumDepth} products may not fit int32");
        LongCall.Run(run, work =>
        {
            ByteGemm.MultiplyTransposed((int)left.Rows, (int)right.Rows, (int)left.Columns,
                new ReadOnlySpan<byte>(left.Data, (int)left.Elements), Stride(left),
                new ReadOnlySpan<byte>(right.Data, (int)right.Elements), Stride(right), new Span<int>(c, length),
                left.Rows > 1 ? (int)stride : (int)right.Rows, work.Threads);
            return 0;
        });
    });

    // The factors of C = A B^T, and the elements from C's first to its last; throws unless all of them fit together.
    private static (MatrixView A, MatrixView B, int Length) RequireProduct(MatrixView* a, MatrixView* b, ElementType type, void* c, long stride,
        int elementSize)
    {
        MatrixView left = MatrixView.Read(a, "a"), right = MatrixView.Read(b, "b");
        left.RequireType("a", type);
        right.RequireType("b", type);
        right.RequireColumns("b", left.Columns, "a has");
        left.RequireOneBlock("a");
        right.RequireOneBlock("b");
        if (left.Rows > LargestSize || right.Rows > LargestSize || left.Columns > LargestSize)
            throw CallException.InvalidArgument($"a, b: more than {LargestSize} rows or columns");
        if (stride < right.Rows)
            throw CallException.InvalidArgument($"c: a row stride of {stride} elements is less than the {right.Rows} columns");
        if (left.Rows == 0 || right.Rows == 0) return (left, right, 0);
        CallException.ThrowIfNull(c, "c");
        Int128 length = (left.Rows - 1) * (Int128)stride + right.Rows;
        if (length > int.MaxValue) throw CallException.InvalidArgument($"c: {left.Rows} rows {stride} elements apart are more than {int.MaxValue} elements");
        if ((nuint)c % (nuint)elementSize != 0) throw CallException.InvalidArgument($"c is not aligned to the {elementSize} bytes of an element");
        nuint bytes = (nuint)length * (nuint)elementSize;
        if (Overlap(left.Data, left.Bytes, c, bytes)) throw CallException.InvalidArgument("c overlaps a");
        if (Overlap(right.Data, right.Bytes, c, bytes)) throw CallException.InvalidArgument("c overlaps b");
        return (left, right, (int)length);
    }

    private static int Stride(MatrixView view) => view.Rows > 1 ? (int)view.RowStride : (int)view.Columns;

    private static bool Overlap(void* one, nuint oneBytes, void* two, nuint twoBytes) =>
        oneBytes != 0 && twoBytes != 0 && (nuint)one < (nuint)two + twoBytes && (nuint)two < (nuint)one + oneBytes;
}
