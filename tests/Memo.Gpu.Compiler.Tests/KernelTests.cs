using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using Memo.Gpu.Kernels;

namespace Memo.Gpu.Compiler.Tests;

/// <summary>
/// The kernels as ordinary C#, on ILGPU's accelerator that is the processor, against plain loops: before any text is made of
/// them. Shapes are small, since every thread of a group is a thread.
/// </summary>
public sealed class KernelTests : IDisposable
{
    private const int Width = 64; // of a panel of OpenClTile

    private readonly Context _context;
    private readonly Accelerator _accelerator;

    public KernelTests()
    {
        // Groups of 64 threads, in two warps.
        var device = new CPUDevice(numThreadsPerWarp: 32, numWarpsPerMultiprocessor: 8, numMultiprocessors: 1);
        _context = Context.Create(builder => builder.CPU(device));
        _accelerator = device.CreateAccelerator(_context);
    }

    public void Dispose()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    private static int Padded(int count, int unit) => (count + unit - 1) / unit * unit;

    private MemoryBuffer1D<T, Stride1D.Dense> Buffer<T>(T[] values) where T : unmanaged => _accelerator.Allocate1D(values);

    private MemoryBuffer1D<T, Stride1D.Dense> Filled<T>(int length, T value) where T : unmanaged
    {
        var values = new T[length];
        Array.Fill(values, value);
        return Buffer(values);
    }

    // Rows of n bytes, filled up to whole elements of sixteen.
    private static Int4[] Elements(byte[][] rows, int quads)
    {
        var bytes = new byte[rows.Length * quads * 16];
        for (int i = 0; i < rows.Length; i++) rows[i].CopyTo(bytes, i * quads * 16);
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, Int4>(bytes).ToArray();
    }

    private static byte[][] Rows(Random random, int count, int dimension)
    {
        var rows = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            rows[i] = new byte[dimension];
            random.NextBytes(rows[i]);
        }
        return rows;
    }

    private static int Squared(byte[] a, byte[] b)
    {
        int sum = 0;
        for (int k = 0; k < a.Length; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
        return sum;
    }

    private sealed record Packed(MemoryBuffer1D<Int4, Stride1D.Dense> Raw, MemoryBuffer1D<float, Stride1D.Dense> Panels,
        MemoryBuffer1D<int, Stride1D.Dense> Norms, int Count, int Depth)
    {
        public ArrayView<Float4> Quads => ((ArrayView<float>)Panels.View).Cast<Float4>();
    }

    private Packed Pack(byte[][] rows, int dimension, int[]? valid = null)
    {
        int packed = Padded(rows.Length, Width), depth = Padded(dimension, GroupSizes.DepthUnit), quads = depth / 16;
        var result = new Packed(Buffer(Elements(rows, quads)), Filled(packed * depth, float.NaN), Filled(packed, 7), packed, depth);
        var kernel = _accelerator.LoadStreamKernel<ArrayView<Int4>, ArrayView<float>, ArrayView<int>, ArrayView<int>, int, int, int, int, int, int>(
            PackKernels.PackBytes);
        using MemoryBuffer1D<int, Stride1D.Dense> marks = Buffer(valid ?? new int[rows.Length]);
        kernel(new KernelConfig(Padded(packed, GroupSizes.Pack) / GroupSizes.Pack, GroupSizes.Pack), result.Raw.View, result.Panels.View,
            result.Norms.View, marks.View, rows.Length, packed, dimension, quads, depth, Width);
        _accelerator.Synchronize();
        return result;
    }

    [Theory, InlineData(1, 1), InlineData(3, 16), InlineData(65, 17), InlineData(130, 33)]
    public void Bytes_are_packed_into_panels(int count, int dimension)
    {
        byte[][] rows = Rows(new Random(count), count, dimension);
        int[] valid = [.. Enumerable.Range(0, count).Select(i => i % 5 == 4 ? -1 : i)];
        Packed packed = Pack(rows, dimension, valid);
        float[] panels = packed.Panels.GetAsArray1D();
        int[] norms = packed.Norms.GetAsArray1D();
        for (int i = 0; i < packed.Count; i++)
        {
            bool present = i < count && valid[i] >= 0;
            int norm = 0;
            for (int k = 0; k < packed.Depth; k++)
            {
                int expected = present && k < dimension ? rows[i][k] - 128 : 0;
                norm += expected * expected;
                Assert.Equal(expected, panels[(i / Width * packed.Depth + k) * Width + i % Width]);
            }
            Assert.Equal(present ? norm : -1, norms[i]);
        }
    }

    [Theory, InlineData(1, 2, 1, 2), InlineData(70, 150, 20, 3)]
    public void Rivals_finds_every_least_distance_and_all_points_within_the_limit(int queryCount, int pointCount, int dimension, int classes)
    {
        var random = new Random(queryCount);
        byte[][] queries = Rows(random, queryCount, dimension), points = Rows(random, pointCount, dimension);
        // Panels of one class each: here a class has a panel of its own, or several.
        int panels = Padded(pointCount, Width) / Width;
        while (panels < classes) panels++;
        var placed = new byte[panels * Width][];
        var valid = new int[panels * Width];
        Array.Fill(valid, -1);
        for (int i = 0; i < panels * Width; i++) placed[i] = new byte[dimension];
        for (int i = 0; i < pointCount; i++)
        {
            int position = i % panels * Width + i / panels;
            (placed[position], valid[position]) = (points[i], i);
        }
        int[] panelClasses = [.. Enumerable.Range(0, panels).Select(panel => panel % classes)];
        Packed q = Pack(queries, dimension), p = Pack(placed, dimension, valid);
        const float band = 1.2f, error = 3;
        using MemoryBuffer1D<int, Stride1D.Dense> minima = Filled(q.Count * classes, Candidate.Absent), count = Filled(1, 0), ofPanels = Buffer(panelClasses);
        using MemoryBuffer1D<Candidate, Stride1D.Dense> found = Filled(q.Count * p.Count, default(Candidate));
        var kernel = _accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<int>, ArrayView<Float4>, ArrayView<int>, ArrayView<int>, ArrayView<int>,
            ArrayView<Candidate>, ArrayView<int>, int, int, int, float, float>(SearchKernels.Rivals<OpenClTile>);
        kernel(new KernelConfig(new Index3D(q.Count / Width, panels, 1), new Index3D(OpenClTile.Side, OpenClTile.Side, 1)), q.Quads, q.Norms.View, p.Quads,
            p.Norms.View, ofPanels.View, minima.View, found.View, count.View, q.Depth, classes, 1000, band, error);
        _accelerator.Synchronize();

        int[] least = minima.GetAsArray1D();
        var pairs = found.GetAsArray1D().Take(count.GetAsArray1D()[0]).ToDictionary(pair => (pair.Query, pair.Point), pair => pair.Distance);
        for (int i = 0; i < queryCount; i++)
        {
            int[] expected = new int[classes];
            Array.Fill(expected, Candidate.Absent);
            for (int j = 0; j < placed.Length; j++)
                if (valid[j] >= 0) expected[panelClasses[j / Width]] = Math.Min(expected[panelClasses[j / Width]], Squared(queries[i], placed[j]));
            Assert.Equal(expected, least.AsSpan(i * classes, classes).ToArray());
            double limit = (expected.Order().ElementAt(1) + error) * band + error;
            for (int j = 0; j < placed.Length; j++)
            {
                if (valid[j] < 0) Assert.DoesNotContain((i, 1000 + j), pairs.Keys);
                else if (Squared(queries[i], placed[j]) <= limit) Assert.Equal(Squared(queries[i], placed[j]), pairs[(i, 1000 + j)]);
            }
        }
        Assert.All(pairs.Keys, pair => Assert.InRange(pair.Query, 0, queryCount - 1));
    }

    [Fact]
    public void Survivors_finds_exactly_the_pairs_within_the_limits_and_counts_those_without_a_place()
    {
        var random = new Random(5);
        byte[][] queries = Rows(random, 70, 9), points = Rows(random, 100, 9);
        Packed q = Pack(queries, 9), p = Pack(points, 9);
        int[] limits = [.. Enumerable.Range(0, q.Count).Select(i => i % 3 == 0 ? -1 : 20_000 + 500 * i)];
        var expected = new HashSet<(int, int)>();
        for (int i = 0; i < queries.Length; i++)
            for (int j = 0; j < points.Length; j++)
                if (Squared(queries[i], points[j]) <= limits[i]) expected.Add((i, j));
        foreach (int capacity in new[] { q.Count * p.Count, 5 })
        {
            using MemoryBuffer1D<int, Stride1D.Dense> ofQueries = Buffer(limits), count = Filled(1, 0);
            using MemoryBuffer1D<Candidate, Stride1D.Dense> found = Filled(capacity, default(Candidate));
            var kernel = _accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<int>, ArrayView<Float4>, ArrayView<int>, ArrayView<int>,
                ArrayView<Candidate>, ArrayView<int>, int, int>(SearchKernels.Survivors<OpenClTile>);
            kernel(new KernelConfig(new Index3D(q.Count / Width, p.Count / Width, 1), new Index3D(OpenClTile.Side, OpenClTile.Side, 1)), q.Quads, q.Norms.View,
                p.Quads, p.Norms.View, ofQueries.View, found.View, count.View, q.Depth, 0);
            _accelerator.Synchronize();
            Assert.Equal(expected.Count, count.GetAsArray1D()[0]);
            var pairs = found.GetAsArray1D().Take(expected.Count).Select(pair => (pair.Query, pair.Point)).ToHashSet();
            if (capacity > expected.Count) Assert.Equal(expected, pairs);
            else Assert.Subset(expected, pairs);
        }
    }

    [Fact]
    public void ClassMinima_names_a_point_of_each_class_that_has_the_least_distance()
    {
        var random = new Random(6);
        byte[][] queries = Rows(random, 66, 12), points = Rows(random, 3 * Width, 12);
        Packed q = Pack(queries, 12), p = Pack(points, 12);
        int[] panelClasses = [1, 0, 1];
        using MemoryBuffer1D<int, Stride1D.Dense> minima = Filled(q.Count * 2, Candidate.Absent), ofPanels = Buffer(panelClasses);
        using MemoryBuffer1D<Candidate, Stride1D.Dense> nearest = Filled(q.Count * 2, new Candidate { Query = -1, Point = -1 });
        var kernel = _accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<int>, ArrayView<Float4>, ArrayView<int>, ArrayView<int>, ArrayView<int>,
            ArrayView<Candidate>, int, int, int>(SearchKernels.ClassMinima<OpenClTile>);
        kernel(new KernelConfig(new Index3D(q.Count / Width, 3, 1), new Index3D(OpenClTile.Side, OpenClTile.Side, 1)), q.Quads, q.Norms.View, p.Quads, p.Norms.View,
            ofPanels.View, minima.View, nearest.View, q.Depth, 2, 0);
        _accelerator.Synchronize();
        Candidate[] named = nearest.GetAsArray1D();
        int[] least = minima.GetAsArray1D();
        for (int i = 0; i < queries.Length; i++)
            for (int k = 0; k < 2; k++)
            {
                int expected = points.Where((_, j) => panelClasses[j / Width] == k).Min(point => Squared(queries[i], point));
                Assert.Equal(expected, least[i * 2 + k]);
                Assert.Equal(i, named[i * 2 + k].Query);
                Assert.Equal(k, panelClasses[named[i * 2 + k].Point / Width]);
            }
        Assert.All(named.Skip(queries.Length * 2), pair => Assert.Equal(-1, pair.Point));
    }

    [Theory, InlineData(0f), InlineData(2f)]
    public void ClosestPairs_finds_the_least_distance_between_classes(float error)
    {
        var random = new Random(7);
        byte[][] points = Rows(random, 3 * Width, 5);
        int[] panelClasses = [0, 1, 2], valid = [.. Enumerable.Range(0, points.Length).Select(i => i % Width < 40 ? i : -1)];
        Packed p = Pack(points, 5, valid);
        using MemoryBuffer1D<int, Stride1D.Dense> minimum = Filled(1, Candidate.Absent), count = Filled(1, 0), classes = Buffer(panelClasses);
        using MemoryBuffer1D<Candidate, Stride1D.Dense> found = Filled(p.Count * p.Count, default(Candidate));
        var kernel = _accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<int>, ArrayView<int>, ArrayView<Float4>, ArrayView<int>, ArrayView<int>,
            ArrayView<int>, ArrayView<Candidate>, ArrayView<int>, int, int, int, float>(SearchKernels.ClosestPairs<OpenClTile>);
        kernel(new KernelConfig(new Index3D(3, 3, 1), new Index3D(OpenClTile.Side, OpenClTile.Side, 1)), p.Quads, p.Norms.View, classes.View, p.Quads, p.Norms.View,
            classes.View, minimum.View, found.View, count.View, p.Depth, 0, 0, error);
        _accelerator.Synchronize();
        int expected = int.MaxValue;
        var closest = (0, 0);
        for (int i = 0; i < points.Length; i++)
            for (int j = i; j < points.Length; j++)
                if (valid[i] >= 0 && valid[j] >= 0 && i / Width != j / Width && Squared(points[i], points[j]) < expected)
                    (expected, closest) = (Squared(points[i], points[j]), (i, j));
        Assert.Equal(expected, minimum.GetAsArray1D()[0]);
        var pairs = found.GetAsArray1D().Take(count.GetAsArray1D()[0]).Select(pair => (pair.Query, pair.Point)).ToList();
        if (error == 0) Assert.Empty(pairs);
        else Assert.Contains(closest, pairs);
    }

    [Theory, InlineData(10, 20, 16), InlineData(17, 100, 80), InlineData(9, 2000, 48)]
    public void Project_is_the_map_within_its_error_and_its_norms_are_those_of_what_it_writes(int count, int dimension, int directions)
    {
        var random = new Random(dimension);
        byte[][] rows = Rows(random, count, dimension);
        int packed = Padded(count, Width), depth = Padded(directions + 1, GroupSizes.DepthUnit), quads = Padded(dimension, 16) / 16;
        var basis = new int[dimension * directions];
        var means = new int[dimension];
        for (int i = 0; i < basis.Length; i++) basis[i] = random.Next(-2000, 2000);
        for (int k = 0; k < dimension; k++) means[k] = random.Next(256);
        var meanProducts = new int[directions];
        long sigma = 0; // the largest absolute row sum of B B'
        for (int r = 0; r < directions; r++)
        {
            long sum = 0;
            for (int t = 0; t < directions; t++)
            {
                long product = 0;
                for (int k = 0; k < dimension; k++) product += (long)basis[k * directions + r] * basis[k * directions + t];
                sum += Math.Abs(product);
            }
            sigma = Math.Max(sigma, sum);
            for (int k = 0; k < dimension; k++) meanProducts[r] += basis[k * directions + r] * means[k];
        }
        double scale = 23100 / Math.Sqrt(dimension * 65025.0), factor = scale / Math.Sqrt(sigma);
        using MemoryBuffer1D<Int4, Stride1D.Dense> raw = Buffer(Elements(rows, quads));
        using MemoryBuffer1D<int, Stride1D.Dense> b = Buffer(basis), m = Buffer(means), bm = Buffer(meanProducts), valid = Buffer(new int[count]), norms = Filled(packed, 7);
        using MemoryBuffer1D<float, Stride1D.Dense> panels = Filled(packed * depth, float.NaN);
        var kernel = _accelerator.LoadStreamKernel<ArrayView<Int4>, ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<float>, ArrayView<int>,
            ProjectionKernelSizes>(Project);
        kernel(new KernelConfig(packed / GroupSizes.ProjectedVectors, GroupSizes.Project), raw.View, b.View, m.View, bm.View, valid.View, panels.View, norms.View,
            new ProjectionKernelSizes
            {
                Count = count, Packed = packed, Dimension = dimension, Quads = quads, Directions = directions, Depth = depth, SquaredSigma = sigma, Factor = (float)factor,
            });
        _accelerator.Synchronize();
        float[] written = panels.GetAsArray1D();
        int[] ofVectors = norms.GetAsArray1D();
        for (int i = 0; i < packed; i++)
        {
            double head = 0, whole = 0, norm = 0;
            for (int r = 0; r < depth; r++)
            {
                float value = written[(i / Width * depth + r) * Width + i % Width];
                norm += (double)value * value;
                if (i >= count) continue;
                double exact = 0;
                if (r < directions)
                {
                    for (int k = 0; k < dimension; k++) exact += (double)basis[k * directions + r] * (rows[i][k] - means[k]);
                    exact *= factor;
                    head += exact * exact;
                }
                else if (r == directions)
                {
                    for (int k = 0; k < dimension; k++) whole += (rows[i][k] - means[k]) * (rows[i][k] - means[k]);
                    exact = Math.Sqrt(Math.Max(0, whole * scale * scale - head));
                }
                Assert.InRange(value, exact - 0.52, exact + 0.52);
            }
            if (i < count) Assert.Equal(norm, ofVectors[i]);
            else Assert.Equal(-1, ofVectors[i]);
        }
    }

    // A kernel takes at most as many arguments as the launcher has generic parameters: the sizes go in one.
    public struct ProjectionKernelSizes
    {
        public int Count, Packed, Dimension, Quads, Directions, Depth;
        public long SquaredSigma;
        public float Factor;
    }

    internal static void Project(ArrayView<Int4> rows, ArrayView<int> basis, ArrayView<int> means, ArrayView<int> meanProducts, ArrayView<int> valid,
        ArrayView<float> panels, ArrayView<int> norms, ProjectionKernelSizes s) =>
        ProjectionKernel.Project(rows, basis, means, meanProducts, valid, panels, norms, s.Count, s.Packed, s.Dimension, s.Quads, s.Directions, s.Depth, Width,
            s.SquaredSigma, s.Factor);

    [Theory, InlineData(1), InlineData(100), InlineData(300)]
    public void Exact_distances_are_those_of_the_points_that_are_here(int dimension)
    {
        var random = new Random(dimension);
        byte[][] queries = Rows(random, 5, dimension), points = Rows(random, 7, dimension);
        int quads = Padded(dimension, 16) / 16;
        Candidate[] pairs = [.. Enumerable.Range(0, 50).Select(_ => new Candidate { Query = random.Next(5), Point = random.Next(-1, 12), Distance = -5 })];
        using MemoryBuffer1D<Int4, Stride1D.Dense> q = Buffer(Elements(queries, quads)), p = Buffer(Elements(points, quads));
        using MemoryBuffer1D<Candidate, Stride1D.Dense> list = Buffer(pairs);
        using MemoryBuffer1D<int, Stride1D.Dense> count = Filled(1, 45);
        var kernel = _accelerator.LoadStreamKernel<ArrayView<Int4>, ArrayView<Int4>, ArrayView<Candidate>, ArrayView<int>, int, int, int>(ExactDistanceKernel.ExactDistances);
        kernel(new KernelConfig(new Index3D(3, 1, 1), new Index3D(GroupSizes.ExactLanes, GroupSizes.ExactPairs, 1)), q.View, p.View, list.View, count.View, quads, 2, 9);
        _accelerator.Synchronize();
        Candidate[] measured = list.GetAsArray1D();
        for (int i = 0; i < pairs.Length; i++)
        {
            bool here = i < 45 && pairs[i].Point is >= 2 and < 9;
            Assert.Equal(here ? Squared(queries[pairs[i].Query], points[pairs[i].Point - 2]) : -5, measured[i].Distance);
        }
    }

    [Theory, InlineData(1, 1, 1), InlineData(65, 20, 70), InlineData(3, 40, 16)]
    public void Dense_is_the_layer(int samples, int inputs, int outputs)
    {
        var random = new Random(samples);
        int depth = Padded(inputs, GroupSizes.DepthUnit), outputDepth = Padded(outputs, GroupSizes.DepthUnit);
        int paddedSamples = Padded(samples, Width), paddedOutputs = Padded(outputs, Width);
        float[] x = Integers(samples * inputs), w = Integers(outputs * inputs), biases = Integers(outputs);
        using MemoryBuffer1D<float, Stride1D.Dense> packedSamples = Panels(x, samples, inputs, depth), packedWeights = Panels(w, outputs, inputs, depth);
        using MemoryBuffer1D<float, Stride1D.Dense> bias = Buffer([.. biases, .. new float[paddedOutputs - outputs]]), y = Filled(paddedSamples * outputDepth, float.NaN);
        var kernel = _accelerator.LoadStreamKernel<ArrayView<Float4>, ArrayView<Float4>, ArrayView<float>, ArrayView<Float4>, int, int, int, int>(DenseKernel.Dense<OpenClTile>);
        kernel(new KernelConfig(new Index3D(paddedSamples / Width, paddedOutputs / Width, 1), new Index3D(OpenClTile.Side, OpenClTile.Side, 1)),
            Quads(packedSamples), Quads(packedWeights), bias.View, Quads(y), depth, outputDepth, 0, 1);
        _accelerator.Synchronize();
        float[] written = y.GetAsArray1D();
        for (int i = 0; i < paddedSamples; i++)
            for (int j = 0; j < outputDepth; j++)
            {
                float expected = j < outputs ? biases[j] : 0;
                for (int k = 0; i < samples && j < outputs && k < inputs; k++) expected += w[j * inputs + k] * x[i * inputs + k];
                Assert.Equal(Math.Max(0, expected), written[(i / Width * outputDepth + j) * Width + i % Width]);
            }

        float[] Integers(int length) => [.. Enumerable.Range(0, length).Select(_ => (float)random.Next(-9, 10))];
    }

    private static ArrayView<Float4> Quads(MemoryBuffer1D<float, Stride1D.Dense> buffer) => ((ArrayView<float>)buffer.View).Cast<Float4>();

    private MemoryBuffer1D<float, Stride1D.Dense> Panels(float[] values, int rows, int columns, int depth)
    {
        int packed = Padded(rows, Width);
        var padded = new float[rows * depth];
        for (int i = 0; i < rows; i++) values.AsSpan(i * columns, columns).CopyTo(padded.AsSpan(i * depth));
        using MemoryBuffer1D<float, Stride1D.Dense> raw = Buffer(padded);
        MemoryBuffer1D<float, Stride1D.Dense> panels = Filled(packed * depth, float.NaN);
        var kernel = _accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, int, int, int, int>(PackKernels.PackFloats);
        kernel(new KernelConfig(Padded(packed, GroupSizes.Pack) / GroupSizes.Pack, GroupSizes.Pack), raw.View, panels.View, rows, packed, depth, Width);
        _accelerator.Synchronize();
        return panels;
    }
}
