using System.Numerics;
using Memo.Data;
using Memo.Kernels.SquaredDistance;
using Memo.Neighbors;
using Memo.Numerics;

namespace Memo.Networks;

/// <summary>
/// The forward pass of a cell network with its kernel types left out; made by <see cref="Create"/>.
/// </summary>
internal abstract class CellEvaluator : IDisposable
{
    /// <summary>Packs the points for the kernel that suits their type and dimension. O(N n).</summary>
    public static CellEvaluator Create(SampleMatrix points, ReadOnlySpan<int> labels, int classCount, RunOptions run) =>
        points switch
        {
            SampleMatrix<byte> { Columns: <= ByteDistance.MaximumDimension } bytes =>
                new CellEvaluator<byte, int, ByteDistance>(bytes, labels, classCount, run),
            SampleMatrix<byte> => Create(points.ConvertExactly(ElementType.Float32), labels, classCount, run),
            SampleMatrix<float> floats =>
                new CellEvaluator<float, double, FloatDistance<float>>(floats, labels, classCount, run),
            SampleMatrix<double> doubles =>
                new CellEvaluator<double, double, FloatDistance<double>>(doubles, labels, classCount, run),
            _ => throw new NotSupportedException($"samples of type {points.ElementType}"),
        };

    /// <summary>min P of the packed points, exactly.</summary>
    public abstract Dyadic MinimumSquaredDistance(RunOptions run);

    /// <summary>The exact answers of <paramref name="network"/>, which must describe the packed points.</summary>
    public abstract Predictions Predict(CellNetwork network, SampleMatrix queries, Outputs outputs, RunOptions run);

    public abstract void Dispose();
}

/// <summary>
/// The fast forward pass. Distances to all points are scanned by panels (<see cref="RivalScan{TElement,TDistance,TKernel}"/>);
/// Lemmas A and B leave a handful of points for <see cref="CellDecision{TElement,TDistance,TKernel}"/> to decide on.
/// Queries are independent, so blocks of them go to threads as they come and the answers do not depend on it.
/// </summary>
internal sealed class CellEvaluator<TElement, TDistance, TKernel> : CellEvaluator
    where TElement : unmanaged, INumber<TElement>
    where TDistance : unmanaged, INumber<TDistance>, IMinMaxValue<TDistance>
    where TKernel : struct, IDistanceKernel<TElement, TDistance>
{
    private readonly PackedPoints<TElement, TDistance, TKernel> _points;
    private readonly int[] _labels;

    public CellEvaluator(SampleMatrix<TElement> points, ReadOnlySpan<int> labels, int classCount, RunOptions run)
    {
        _points = new PackedPoints<TElement, TDistance, TKernel>(points, labels, classCount, run);
        _labels = labels.ToArray();
    }

    public override Dyadic MinimumSquaredDistance(RunOptions run) =>
        Separation<TElement, TDistance, TKernel>.MinimumSquaredDistance(_points, _labels, run);

    public override Predictions Predict(CellNetwork network, SampleMatrix queries, Outputs outputs, RunOptions run)
    {
        var samples = (SampleMatrix<TElement>)queries.ConvertExactly(_points.Points.ElementType);
        int count = samples.Rows, classes = network.Classes.Count;
        var labels = new int[count];
        int[]? nearest = outputs.HasFlag(Outputs.Nearest) ? new int[count] : null;
        double[]? radii = outputs.HasFlag(Outputs.Radii) ? new double[count] : null;
        Dyadic[]? values = outputs.HasFlag(Outputs.Values) ? new Dyadic[(long)count * classes] : null;

        int blockSize = RivalScan<TElement, TDistance, TKernel>.BlockSize(count, _points.Dimension, run.Threads);
        int blocks = (count + blockSize - 1) / blockSize, done = 0, resolved = 0;
        var decisions = new CellDecision<TElement, TDistance, TKernel>.Constants(network, _points, samples);
        Parallel.For(0, blocks,
            new ParallelOptions { MaxDegreeOfParallelism = run.Threads, CancellationToken = run.Cancellation },
            () => new CellDecision<TElement, TDistance, TKernel>(decisions, blockSize),
            (block, _, decision) =>
            {
                int first = block * blockSize, length = Math.Min(blockSize, count - first);
                decision.Decide(samples, first, length, labels, nearest, radii, values);
                run.Progress?.Report((double)Interlocked.Increment(ref done) / blocks);
                return decision;
            },
            decision =>
            {
                Interlocked.Add(ref resolved, decision.ResolvedExactly);
                decision.Dispose();
            });

        (BigInteger[]? scaled, BigInteger numerator, BigInteger denominator) = (null, BigInteger.One, BigInteger.One);
        if (values is not null)
        {
            if (classes == 2)
                for (int q = 0; q < count; q++) values[q] = values[2 * q + 1] - values[2 * q];
            (scaled, numerator, denominator) = Predictions.OnCommonScale(
                values.AsSpan(0, classes == 2 ? count : values.Length), network.UnitDenominator,
                network.TrainingPoints.ElementType == ElementType.UInt8);
        }
        return new Predictions
        {
            Labels = labels, Nearest = nearest, Radii = radii, Values = scaled,
            ScaleNumerator = numerator, ScaleDenominator = denominator, ResolvedExactly = resolved,
        };
    }

    public override void Dispose() => _points.Dispose();
}
