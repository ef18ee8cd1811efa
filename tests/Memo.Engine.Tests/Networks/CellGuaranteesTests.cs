// What THEORY promises of the `cells` network, put to the test through its public face: memorization, the certified
// radius (an attack strictly inside it, the binding wall just beyond it), the nearest-neighbour limit, invariances.
using System.Numerics;
using CsCheck;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests.Networks;

public sealed class CellGuaranteesTests
{
    private const int Cases = 200;

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void Every_training_point_is_memorized(ElementType type) => CellCase.Of(type).Sample(c =>
        Assert.Equal(c.Labels, c.Build().Predict(c.PointMatrix).Labels), iter: Cases);

    // rho(x) by its definition: the largest distance to the nearest wall of an active cell that contains x. Compared as
    // squares of exact numbers: rho^2 P unit^2 <= (unit S)^2, and not by more than the stated share.
    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void The_radius_is_the_distance_to_the_binding_wall_rounded_down(ElementType type) => CellCase.Of(type).Sample(c =>
    {
        var walls = new ExactWalls(c);
        CellNetwork network = c.Build();
        Predictions predictions = network.Predict(c.QueryMatrix, Outputs.Radii);
        Assert.Equal(network.PredictByReference(c.QueryMatrix, Outputs.Radii).Radii, predictions.Radii); // to the last bit
        for (int q = 0; q < c.Queries.Length; q++)
        {
            double radius = predictions.Radii![q];
            if (walls.Binding(c.Queries[q]) is not { } binding || binding.Wall.Sign == 0)
            {
                Assert.Equal(0, radius);
                continue;
            }
            Dyadic wallSquared = binding.Wall * binding.Wall, scale = walls.Unit * walls.Unit * binding.Pair;
            Dyadic rho = Dyadic.FromDouble(radius);
            Assert.True(rho * rho * scale <= wallSquared, $"query {q}: {radius:R} exceeds the distance to the wall");
            // 2^-49 as a share, and two units in the last place where the radius is subnormal.
            Dyadic above = (rho * (1 + new Dyadic(1, -48))) + new Dyadic(2, -1074);
            Assert.True(above * above * scale >= wallSquared || radius == double.MaxValue, $"query {q}: {radius:R} is too small");
        }
    }, iter: Cases);

    // Found by the property above: where radii are a few units of the smallest double, rounding is no longer relative,
    // and a wall passed over as "farther by a share" can be the binding one. Multiples of 2^-1074, in every rotation.
    [Fact]
    public void Subnormal_radii_do_not_depend_on_the_order_of_samples()
    {
        double[][] Subnormal(params int[][] rows) => [.. rows.Select(row => row.Select(value => value * double.Epsilon).ToArray())];
        double[][] points = Subnormal([-2, -2], [-2, 6], [4, 7], [2, -1], [6, -5], [6, 2], [0, 6]);
        double[][] queries = Subnormal([0, 4], [-5, 1], [7, -2], [-4, -7], [5, 5], [1, 3], [4, -1]);
        int[] labels = [1, 0, 0, 1, 1, 1, 0];
        double[]? first = null;
        for (int shift = 0; shift < points.Length; shift++)
        {
            int[] order = [.. Enumerable.Range(0, points.Length).Select(i => (i + shift) % points.Length)];
            var c = new CellCase(ElementType.Float64, 2, [.. order.Select(i => points[i])], [.. order.Select(i => labels[i])], 2,
                new Ratio(5, 8), [.. queries, .. points]);
            CellNetwork network = c.Build();
            first ??= network.PredictByReference(c.QueryMatrix, Outputs.Radii).Radii;
            Assert.Equal(first, network.PredictByReference(c.QueryMatrix, Outputs.Radii).Radii);
            Assert.Equal(first, network.Predict(c.QueryMatrix, Outputs.Radii).Radii);
        }
    }

    // Strictly inside rho the sign never changes: random directions, straight at each point of another label, along the
    // normal of each wall. The attacking points are doubles, and their distance is checked exactly.
    [Fact]
    public void No_attack_inside_the_radius_changes_the_label() =>
        Gen.Select(CellCase.Of(ElementType.Float64, tame: true), Gen.ULong, Gen.Double[0, 1]).Sample((c, seed, share) =>
        {
            CellNetwork network = c.Build();
            Predictions predictions = network.Predict(c.QueryMatrix, Outputs.Radii);
            var random = new SeededRandom(seed);
            var attacks = new List<double[]>();
            var expected = new List<int>();
            for (int q = 0; q < c.Queries.Length; q++)
            {
                double radius = predictions.Radii![q];
                if (radius == 0) continue;
                foreach (double[] direction in Directions(c, q, predictions.Labels[q], random))
                    foreach (double part in new[] { 1, 1 - 1e-9, share })
                        if (StrictlyInside(c.Queries[q], direction, part * radius, radius) is { } attack)
                        {
                            attacks.Add(attack);
                            expected.Add(predictions.Labels[q]);
                        }
            }
            if (attacks.Count > 0)
                Assert.Equal(expected, network.Predict(CellCase.Matrix(ElementType.Float64, [.. attacks], c.Dimension)).Labels);
        }, iter: Cases);

    private static IEnumerable<double[]> Directions(CellCase c, int query, int label, SeededRandom random)
    {
        for (int d = 0; d < 6; d++)
            yield return [.. Enumerable.Range(0, c.Dimension).Select(_ => random.NextBelow(2001) - 1000.0)];
        for (int j = 0; j < c.Points.Length; j++)
        {
            if (c.Labels[j] == label) continue;
            yield return Difference(c.Points[j], c.Queries[query]);
            for (int i = 0; i < c.Points.Length; i++)
                if (c.Labels[i] == label) yield return Difference(c.Points[j], c.Points[i]);
        }
    }

    private static double[] Difference(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x - y)];

    // x + length * direction / |direction|, drawn in until its exact distance from x is below the radius.
    private static double[]? StrictlyInside(double[] x, double[] direction, double length, double radius)
    {
        double norm = Math.Sqrt(direction.Sum(value => value * value));
        if (norm == 0) return null;
        Dyadic limit = Dyadic.FromDouble(radius) * Dyadic.FromDouble(radius);
        for (int attempt = 0; attempt < 40; attempt++, length *= attempt < 20 ? 1 - 1e-15 : 0.9)
        {
            double[] point = [.. x.Zip(direction, (start, along) => start + (length / norm * along))];
            if (ExactWalls.SquaredDistance(point, x) < limit) return point;
        }
        return null;
    }

    // On the far side of the foot point the binding S_ij is negative: the radius is not merely a bound of its own making.
    [Fact]
    public void Just_beyond_the_foot_point_the_binding_wall_is_crossed()
    {
        int crossed = 0;
        CellCase.Of(ElementType.Float64, tame: true).Sample(c =>
        {
            var walls = new ExactWalls(c);
            Predictions predictions = c.Build().Predict(c.QueryMatrix, Outputs.Radii);
            for (int q = 0; q < c.Queries.Length; q++)
            {
                double radius = predictions.Radii![q];
                // Below this a step of 1e-6 of the radius is lost in the rounding of the coordinates.
                if (radius < 1e-6 || walls.Binding(c.Queries[q]) is not { } binding) continue;
                double[] normal = Difference(c.Points[binding.J], c.Points[binding.I]);
                double norm = Math.Sqrt(normal.Sum(value => value * value));
                double[] beyond = [.. c.Queries[q].Zip(normal, (start, along) => start + (radius * (1 + 1e-6) / norm * along))];
                double[] before = [.. c.Queries[q].Zip(normal, (start, along) => start + (radius * (1 - 1e-6) / norm * along))];
                Assert.True(walls.Wall(binding.I, binding.J, beyond).Sign < 0);
                Assert.True(walls.Wall(binding.I, binding.J, before).Sign > 0);
                Interlocked.Increment(ref crossed);
            }
        }, iter: Cases);
        Assert.True(crossed > Cases, $"only {crossed} walls were tried");
    }

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void At_a_training_point_the_radius_is_at_least_its_share_of_the_nearest_rival(ElementType type) =>
        CellCase.Of(type).Sample(c =>
        {
            Predictions predictions = c.Build().Predict(c.PointMatrix, Outputs.Radii);
            for (int i = 0; i < c.Points.Length; i++)
            {
                Dyadic nearest = Enumerable.Range(0, c.Points.Length).Where(j => c.Labels[j] != c.Labels[i])
                    .Select(j => ExactWalls.SquaredDistance(c.Points[i], c.Points[j])).Min();
                long p = c.Lambda.Numerator, q = c.Lambda.Denominator;
                Dyadic above = (Dyadic.FromDouble(predictions.Radii![i]) * (1 + new Dyadic(1, -48))) + new Dyadic(2, -1074);
                Assert.True(above * above * q * q >= nearest * (q - p) * (q - p) || predictions.Radii[i] == double.MaxValue,
                    $"point {i}: {predictions.Radii[i]:R}");
            }
        }, iter: Cases);

    // Divide S by 2 lambda - 1: as lambda falls, an active neuron stays active, so decisions are never withdrawn.
    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void A_smaller_lambda_keeps_every_decision(ElementType type) => CellCase.Of(type).Sample(c =>
    {
        int[] decided = new int[c.Queries.Length];
        Array.Fill(decided, Predictions.Abstention);
        foreach (Ratio lambda in CellCase.Lambdas.OrderByDescending(ratio => (double)ratio.Numerator / ratio.Denominator))
        {
            int[] labels = (c with { Lambda = lambda }).Build().Predict(c.QueryMatrix).Labels;
            for (int q = 0; q < labels.Length; q++)
                if (decided[q] != Predictions.Abstention)
                    Assert.Equal(decided[q], labels[q]);
            decided = labels;
        }
    }, iter: Cases);

    // For bytes D_j - D_i is 0 or at least 1, and (2 lambda - 1) P is below 1 for this lambda: nothing is left between.
    [Fact]
    public void Close_to_one_half_it_is_the_nearest_neighbour_rule() => CellCase.Of(ElementType.UInt8).Sample(c =>
    {
        c = c with { Lambda = new Ratio(1_000_000_000, 1_999_999_999) };
        int[] labels = c.Build().Predict(c.QueryMatrix).Labels;
        for (int q = 0; q < labels.Length; q++)
        {
            Dyadic[] distances = [.. c.Points.Select(point => ExactWalls.SquaredDistance(point, c.Queries[q]))];
            Dyadic least = distances.Min();
            int[] nearest = [.. Enumerable.Range(0, distances.Length).Where(i => distances[i] == least).Select(i => c.Labels[i]).Distinct()];
            Assert.Equal(nearest.Length == 1 ? nearest[0] : Predictions.Abstention, labels[q]);
        }
    }, iter: Cases);

    private const Outputs Everything = Outputs.Values | Outputs.Radii | Outputs.Nearest;

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void The_order_of_samples_and_features_is_nothing(ElementType type) =>
        Gen.Select(CellCase.Of(type), Gen.ULong).Sample((c, seed) =>
        {
            var random = new SeededRandom(seed);
            int[] samples = Order(c.Points.Length, random), features = Order(c.Dimension, random);
            double[] Reorder(double[] row) => [.. features.Select(k => row[k])];
            CellCase permuted = c with
            {
                Points = [.. samples.Select(i => Reorder(c.Points[i]))],
                Labels = [.. samples.Select(i => c.Labels[i])],
                Queries = [.. c.Queries.Select(Reorder)],
            };
            CellNetwork network = c.Build(), other = permuted.Build();
            Assert.Equal(network.MinimumSquaredDistance, other.MinimumSquaredDistance);
            Assert.Equal(network.Size, other.Size);
            Predictions one = network.Predict(c.QueryMatrix, Everything), two = other.Predict(permuted.QueryMatrix, Everything);
            Assert.Equal(one.Labels, two.Labels);
            Assert.Equal(one.Values, two.Values);
            Assert.Equal((one.ScaleNumerator, one.ScaleDenominator), (two.ScaleNumerator, two.ScaleDenominator));
            Assert.Equal(one.Radii, two.Radii); // to the last bit
            for (int q = 0; q < c.Queries.Length; q++)
                Assert.Equal(ExactWalls.SquaredDistance(c.Queries[q], c.Points[one.Nearest![q]]),
                    ExactWalls.SquaredDistance(c.Queries[q], c.Points[samples[two.Nearest![q]]]));
        }, iter: Cases);

    private static int[] Order(int count, SeededRandom random) =>
        [.. Enumerable.Range(0, count).Select(i => (Key: random.NextUInt64(), i)).Order().Select(pair => pair.i)];

    [Fact]
    public void A_power_of_two_scales_values_by_its_square_and_radii_by_itself() =>
        Gen.Select(CellCase.Of(ElementType.Float64, tame: true), Gen.Int[-300, 300]).Sample((c, exponent) =>
            RequireScaled(c, ElementType.Float64, Math.ScaleB(1, exponent), sameBits: true), iter: Cases);

    [Fact]
    public void Scaled_bytes_give_scaled_answers() =>
        Gen.Select(CellCase.Of(ElementType.UInt8), Gen.OneOf(1 / 1024.0, 3, 1e6, 255.0)).Sample((c, factor) =>
            RequireScaled(c, ElementType.Float64, factor, sameBits: false), iter: Cases);

    private static void RequireScaled(CellCase c, ElementType scaledType, double factor, bool sameBits)
    {
        CellCase scaled = c with
        {
            Type = scaledType,
            Points = [.. c.Points.Select(point => point.Select(value => value * factor).ToArray())],
            Queries = [.. c.Queries.Select(query => query.Select(value => value * factor).ToArray())],
        };
        Predictions one = c.Build().Predict(c.QueryMatrix, Everything), two = scaled.Build().Predict(scaled.QueryMatrix, Everything);
        Assert.Equal(one.Labels, two.Labels);
        Assert.Equal(one.Nearest, two.Nearest);
        Dyadic square = Dyadic.FromDouble(factor) * Dyadic.FromDouble(factor);
        (BigInteger numerator, BigInteger denominator) = ExactValues.Of(square, 1);
        for (int v = 0; v < one.Values!.Length; v++)
        {
            (BigInteger p, BigInteger q) = ExactValues.Of(one, v);
            (BigInteger pScaled, BigInteger qScaled) = ExactValues.Of(two, v);
            Assert.Equal(p * numerator * qScaled, pScaled * q * denominator);
        }
        for (int q = 0; q < one.Radii!.Length; q++)
        {
            double expected = one.Radii[q] * factor;
            if (sameBits)
                Assert.Equal(expected, two.Radii![q]);
            else
                Assert.InRange(two.Radii![q], expected * (1 - 1e-14), expected * (1 + 1e-14));
        }
    }
}
