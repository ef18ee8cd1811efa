using System.Globalization;
using Memo.Data;

namespace Memo.Features;

/// <summary>
/// Learns feature layers from training samples, without gradients: filters from patches, then sums over classes, then the
/// projection.
/// The first part looks at no labels; the last can be fitted to some of the classes alone, at no further look at the samples.
/// </summary>
internal sealed class FeatureLearning
{
    /// <summary>Bits of the features where no more are needed.</summary>
    public const int DefaultBits = 16;

    // Doubles of a model hold the walls of one feature of so many bits (lambda = 51/100). Before there are more, weights are
    // rounded anew, a little smaller, which moves samples by more than the gaps between them.
    private const int ModelBits = 23, Roundings = 12;

    private const int FractionBits = 44; // of sums of fractions, before bits are dropped

    private readonly Dataset _data;
    private readonly FeatureSettings _settings;
    private readonly PooledConvolution? _layer;
    private readonly int _length;
    private readonly FeatureRows _rows;
    private readonly ClassScatter _scatter;
    private ProjectionLearning.Map? _map; // of the classes asked for last
    private IReadOnlyList<int> _fittedTo = [];

    /// <summary>Learns filters and sums over classes. Most of the cost: 2 K d operations a patch, and N F^2.</summary>
    /// <param name="data">Training samples.</param>
    /// <param name="settings">What is to be learned; not <see cref="FeatureKind.None"/>.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="MemoException">The samples are no images that the settings suit.</exception>
    public FeatureLearning(Dataset data, FeatureSettings settings, RunOptions run)
    {
        (_data, _settings) = (data, settings);
        _length = settings is { Kind: FeatureKind.Conv, Grade: FeatureGrade.Normalized } ? FeatureMap.NormalizedLength : 0;
        if (settings.Kind == FeatureKind.Conv) _layer = LearnLayer(data, settings, run.Part(0, 0.1));
        ClassScatter.RequireRoom(_layer?.Dimension ?? data.Dimension, data.Classes.Count);
        _rows = FeatureMap.Before(_layer, _length, data.Points, run.Part(0.1, 0.6));
        _scatter = ClassScatter.Of(_rows, data.LabelArray, data.Classes.Count, run.Part(0.6, 1));
    }

    /// <summary>Feature layers fitted to all classes of the data, and the data's features.</summary>
    /// <exception cref="MemoException">The samples do not suit the settings, or samples of different classes have the same
    /// features.</exception>
    public static (FeatureMap Map, Dataset Features) Of(Dataset data, FeatureSettings settings, RunOptions run)
    {
        LabelConflicts.Resolve(data, OnConflict.Error, out _); // names rows that are equal as samples already
        var learning = new FeatureLearning(data, settings, run.Part(0, 0.9));
        (FeatureMap map, SampleMatrix<double> features) = learning.Project([.. Enumerable.Range(0, data.Classes.Count)],
            [.. Enumerable.Range(0, data.Count)], run.Part(0.9, 1));
        return (map, new Dataset(features, data.Labels, data.Classes, data.Source, data.FileRows));
    }

    /// <summary>The features before the projection of other samples, in the training samples' form.</summary>
    public FeatureRows Before(SampleMatrix samples, RunOptions run) => FeatureMap.Before(_layer, _length, samples, run);

    /// <summary>The projection fitted to some classes, and the features of training samples of these.</summary>
    /// <param name="classes">The classes.</param>
    /// <param name="positions">Training samples of these classes, whose features are to differ where their labels do.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="MemoException">Samples of different classes have the same features at every resolution.</exception>
    public (FeatureMap Map, SampleMatrix<double> Features) Project(IReadOnlyList<int> classes, int[] positions, RunOptions run)
    {
        if (!classes.SequenceEqual(_fittedTo))
            (_map, _fittedTo) = (ProjectionLearning.Fit(_scatter, classes, _settings.Projection, _settings.Shrinkage, run),
                classes);
        FeatureRows rows = _rows.Select(positions);
        int[] labels = [.. positions.Select(i => _data.LabelArray[i])];
        RoundedProjection finest = Round(_map!, 1);
        double[] sums = finest.Sums(rows, run);
        for (int bits = DefaultBits, rounding = 0; ; bits++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            int shift = Math.Max(0, FeatureMap.BitsOf(sums) - (bits - 1));
            RoundedProjection projection = finest.WithShift(shift);
            SampleMatrix<double> features = projection.Round(sums);
            if (Collision(features, labels) is not { } pair)
                return (new FeatureMap(_layer, _length, projection, _settings.Projection, _data.Points.ElementType), features);
            if (bits == ModelBits && rounding < Roundings)
            {
                finest = Round(_map!, 1 - ++rounding / 64.0);
                sums = finest.Sums(rows, run);
                bits--; // once more
            }
            else if (shift == 0)
            {
                (int a, int b) = (positions[pair.First], positions[pair.Second]);
                throw new MemoException(string.Create(CultureInfo.InvariantCulture,
                    $"{_data.Source}: rows {_data.FileRows[a]} and " +
                    $"{_data.FileRows[b]} are of the classes {_data.Classes[_data.LabelArray[a]]} and {_data.Classes[_data.LabelArray[b]]} and have " +
                    $"the same features, so that no network on these tells them apart; take another projection, which keeps more directions, or other layers"));
            }
        }
    }

    // Two samples of different label and equal features.
    private static (int First, int Second)? Collision(SampleMatrix<double> features, int[] labels)
    {
        foreach (List<int> group in EqualSamples.Groups(features))
            if (group.Find(i => labels[i] != labels[group[0]]) is > 0 and var other) return (group[0], other);
        return null;
    }

    // Of whole features with whole weights, on the finest lattice that keeps every sum exact: below 2^52 with the offset. Of
    // fractions, whose sums are rounded anyhow, scaled alone.
    private RoundedProjection Round(ProjectionLearning.Map map, double share)
    {
        int f = _rows.Dimension;
        bool diagonal = _settings.Projection == FeatureProjection.None;
        int outputs = diagonal ? f : map.Rows.Length / f;
        double[]? bounds = FeatureMap.LargestFeatures(_layer, _length, _data.Points.ElementType, f);
        double[] largest = bounds ?? LargestTrainingFeatures();
        double sum = 0;
        for (int j = 0; j < outputs; j++)
            sum = Math.Max(sum, Terms(j).Sum(k => Math.Abs(map.Rows[diagonal ? k : j * f + k]) * largest[k]));
        // The offset is no more than that, and every weight is rounded by 1/2 at most.
        double room = bounds is null ? Math.ScaleB(1, FractionBits)
            : RoundedProjection.Limit / 2 - 1 - (diagonal ? 1 : f) * largest.Max();
        double scale = sum > 0 ? share * room / sum : 1;
        if (!(scale > 0) || !double.IsFinite(scale))
            throw new MemoException($"{_data.Source}: values too large or too small for feature layers; scale them");
        double[] weights = Array.ConvertAll(map.Rows, value => bounds is null ? value * scale : Math.Round(value * scale));
        double[] offsets = [.. Enumerable.Range(0, outputs).Select(j =>
        {
            double offset = 0;
            foreach (int k in Terms(j)) offset -= weights[diagonal ? k : j * f + k] * map.Mean[k];
            return bounds is null ? offset : Math.Round(offset);
        })];
        return new RoundedProjection(f, weights, offsets, 0);

        IEnumerable<int> Terms(int j) => diagonal ? [j] : Enumerable.Range(0, f);
    }

    private double[] LargestTrainingFeatures()
    {
        var (largest, row) = (new double[_rows.Dimension], new double[_rows.Dimension]);
        for (int i = 0; i < _rows.Count; i++)
        {
            _rows.Read(i, row);
            for (int k = 0; k < row.Length; k++) largest[k] = Math.Max(largest[k], Math.Abs(row[k]));
        }
        return largest;
    }

    private static PooledConvolution LearnLayer(Dataset data, FeatureSettings settings, RunOptions run)
    {
        if (data.Points is not SampleMatrix<byte> images)
            throw new MemoException($"{data.Source}: convolution takes images of bytes, 0 to 255, and these are {data.Points.ElementType.NumpyName()}; " +
                                    "a linear map takes any") { Setting = "Features" };
        ImageShape shape = settings.Image ?? throw new MemoException($"{data.Source}: how {data.Dimension} features are an image is not known; say it, " +
                                                                     "such as 28x28") { Setting = nameof(FeatureSettings.Image) };
        if (shape.Dimension != data.Dimension)
            throw new MemoException($"{data.Source}: images of {shape.Height} x {shape.Width} x {shape.Channels} have {shape.Dimension} features, and the " +
                                    $"samples {data.Dimension}") { Setting = nameof(FeatureSettings.Image) };
        int size = settings.Patch ?? FeatureSettings.DefaultPatch(shape);
        PooledConvolution.RequireFit(shape, size, settings.Pooling);
        ClassScatter.RequireRoom(checked(2 * settings.Filters * settings.Pooling * settings.Pooling), data.Classes.Count);
        if (size * size * shape.Channels > PatchFilters.MostValues)
            throw new MemoException($"patches of {size} x {size} x {shape.Channels} have more than the {PatchFilters.MostValues} values that are " +
                                    "whitened within a minute; take smaller ones") { Setting = nameof(FeatureSettings.Patch) };
        int limit = PooledConvolution.LargestPartialSum(shape, size, settings.Pooling, settings.Mirror);
        PatchFilters filters =
            PatchFilterLearning.Learn(images, shape, size, settings.Filters, settings.Grade, limit, settings.Seed, run);
        return new PooledConvolution(filters, shape, settings.Pooling, settings.Mirror);
    }
}
