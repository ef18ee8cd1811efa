// Feature layers in a network file: metadata and tensors named feature.*, written and read.
using System.Globalization;
using Memo.Data;
using Memo.Features;

namespace Memo.Storage;

/// <summary>
/// Feature layers in a network file. Metadata: feature.kind ("linear", "conv"), feature.grade ("pure", "normalized"; what the rest
/// amounts to), feature.projection ("discriminant", "whitening", "none"; for people), feature.input_type, feature.dimension (m,
/// which the network behind takes, as float64), feature.shift. Of conv also feature.image ("28x28", "32x32x3" or "3x32x32"),
/// feature.patch, feature.pooling, feature.mirror ("true", "false"), feature.threshold and, of the normalized grade,
/// feature.contrast_scale, feature.contrast_offset and feature.length. Tensors:
/// <code>
/// feature.filters I32 [K, d]            w, channel by channel, row by row, pixel by pixel (conv)
/// feature.biases  I32 [K]               b (conv)
/// feature.weights F64 [m, F] or [F]     A, or its diagonal; whole where samples are bytes
/// feature.offsets F64 [m]               c; whole where samples are bytes
/// </code>
/// See <see cref="PatchFilters"/>, <see cref="PooledConvolution"/> and <see cref="RoundedProjection"/> for what is computed of
/// them.
/// </summary>
internal sealed class FeatureTensors
{
    private const string Prefix = "feature.";
    private const string Filters = Prefix + "filters", Biases = Prefix + "biases", Weights = Prefix + "weights", Offsets = Prefix +
        "offsets";

    private readonly SafetensorsReader _file;
    private readonly Func<string, string> _metadata;
    private int[] _filters = [], _biases = [];
    private double[] _weights = [], _offsets = [];

    /// <summary>The feature layers of a file that has such; types are checked, nothing is read.</summary>
    /// <param name="file">The file.</param>
    /// <param name="metadata">Gives the value of a key, and refuses one that is missing.</param>
    /// <exception cref="FileFormatException">A tensor is missing or of another type.</exception>
    public FeatureTensors(SafetensorsReader file, Func<string, string> metadata)
    {
        (_file, _metadata) = (file, metadata);
        IsConv = Word("kind", ["linear", "conv"]) == 1;
        Dimension = Integer("dimension", 1, int.MaxValue);
        Names = IsConv ? [Filters, Biases, Weights, Offsets] : [Weights, Offsets];
        foreach (string name in Names)
        {
            TensorEntry tensor = file.Header.Find(name) ?? throw Defect($"the tensor '{name}' is missing");
            if (tensor.Type != (name is Offsets or Weights ? TensorType.F64 : TensorType.I32))
                throw Defect($"the tensor '{name}' is {tensor.Describe()}");
        }
    }

    /// <summary>Whether a file has feature layers.</summary>
    public static bool AreIn(SafetensorsReader file) => file.Header.Metadata.ContainsKey(Prefix + "kind");

    /// <summary>The tensors' names.</summary>
    public string[] Names { get; }

    /// <summary>Features that the network behind takes, m.</summary>
    public int Dimension { get; }

    private bool IsConv { get; }

    /// <summary>Takes the values of a tensor, all of whose bytes go to the sink as well; false where it is none of these.</summary>
    public bool TryRead(TensorEntry tensor, ByteSink alsoTo)
    {
        if (!Names.Contains(tensor.Name)) return false;
        switch (tensor.Name)
        {
            case Filters: _filters = _file.ReadValues<int>(tensor, alsoTo); break;
            case Biases: _biases = _file.ReadValues<int>(tensor, alsoTo); break;
            case Weights: _weights = _file.ReadValues<double>(tensor, alsoTo); break;
            default: _offsets = _file.ReadValues<double>(tensor, alsoTo); break;
        }
        return true;
    }

    /// <summary>The layers, once all tensors have been read.</summary>
    /// <param name="dimension">The samples' features.</param>
    /// <exception cref="FileFormatException">They do not fit each other.</exception>
    public FeatureMap ToMap(int dimension)
    {
        try
        {
            PooledConvolution? layer = IsConv ? ToLayer() : null;
            if ((layer?.Shape.Dimension ?? dimension) != dimension)
                throw Defect($"images of {layer!.Shape} for samples of {dimension} features");
            IReadOnlyList<long> shape = _file.Header.Find(Weights)!.Shape;
            int inputs = layer?.Dimension ?? dimension;
            if (!(shape.SequenceEqual([Dimension, inputs]) || (Dimension == inputs && shape.SequenceEqual([inputs]))))
                throw Defect($"{Weights} is [{string.Join(", ", shape)}]; it must be [{Dimension}, {inputs}], or the diagonal of such a matrix");
            if (_offsets.Length != Dimension) throw Defect($"{Offsets} has {_offsets.Length} elements and feature.dimension is {Dimension}");
            var type = (ElementType)Word("input_type", [.. Enum.GetValues<ElementType>().Select(each => each.NumpyName())]);
            bool isNormalized = Word("grade", FeatureNames.Grades) == 1;
            var map = new FeatureMap(layer, IsConv && isNormalized ? Integer("length", 1 << 16, 1 << 22) : 0,
                new RoundedProjection(inputs, _weights, _offsets, Integer("shift", 0, 52)),
                (FeatureProjection)Word("projection", FeatureNames.Projections), type);
            return map.Grade == FeatureGrade.Normalized == isNormalized ? map
                : throw Defect($"the grade is not {_metadata(Prefix + "grade")}");
        }
        catch (MemoException exception) when (exception is not FileFormatException)
        {
            throw Defect(exception.Message);
        }
    }

    private PooledConvolution ToLayer()
    {
        ImageShape shape = ImageShape.Parse(_metadata(Prefix + "image"));
        int patch = Integer("patch", 1, Math.Min(shape.Height, shape.Width));
        PatchContrast? contrast = Word("grade", FeatureNames.Grades) == 0 ? null
            : new PatchContrast(Integer("contrast_scale", 1, 1 << 20), Integer("contrast_offset", 1, int.MaxValue));
        if (_biases.Length == 0 || (long)_biases.Length * patch * patch * shape.Channels != _filters.Length)
            throw Defect($"{Filters} has {_filters.Length} elements, which is not {_biases.Length} times {patch} x {patch} x {shape.Channels}");
        var filters = new PatchFilters(patch, shape.Channels, _filters, _biases, Integer("threshold", 0, PatchFilters.Limit),
            contrast);
        return new PooledConvolution(filters, shape, Integer("pooling", 1, patch + Math.Min(shape.Height, shape.Width)),
            Word("mirror", ["false", "true"]) == 1);
    }

    /// <summary>The metadata of feature layers.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Describe(FeatureMap map)
    {
        yield return Entry("kind", FeatureNames.Of(map.Kind));
        yield return Entry("grade", FeatureNames.Of(map.Grade));
        yield return Entry("projection", FeatureNames.Of(map.ProjectionKind));
        yield return Entry("input_type", map.InputType.NumpyName());
        yield return Number("dimension", map.Dimension);
        yield return Number("shift", map.Projection.Shift);
        if (map.Layer is not { } layer) yield break;
        yield return Entry("image", layer.Shape.ToString());
        yield return Number("patch", layer.Filters.Size);
        yield return Number("pooling", layer.Grid);
        yield return Entry("mirror", layer.Mirror ? "true" : "false");
        yield return Number("threshold", layer.Filters.Threshold);
        if (layer.Filters.Contrast is not { } contrast) yield break;
        yield return Number("contrast_scale", contrast.Scale);
        yield return Number("contrast_offset", contrast.Offset);
        yield return Number("length", map.Length);

        static KeyValuePair<string, string> Entry(string key, string value) => new(Prefix + key, value);
        static KeyValuePair<string, string> Number(string key, int value) =>
            Entry(key, value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The tensors of feature layers.</summary>
    public static IEnumerable<TensorSource> LayOut(FeatureMap map)
    {
        if (map.Layer?.Filters is { } filters)
        {
            yield return new TensorSource(Filters, TensorType.I32, [filters.Count, filters.Dimension],
                sink => TensorSource.Write<int>(filters.Weights, sink));
            yield return new TensorSource(Biases, TensorType.I32, [filters.Count], sink =>
                TensorSource.Write<int>(filters.Biases, sink));
        }
        RoundedProjection projection = map.Projection;
        yield return new TensorSource(Weights, TensorType.F64,
            projection.IsDiagonal ? [projection.Inputs] : [projection.Outputs, projection.Inputs],
            sink => TensorSource.Write<double>(projection.Weights, sink));
        yield return new TensorSource(Offsets, TensorType.F64, [projection.Outputs], sink =>
            TensorSource.Write<double>(projection.Offsets, sink));
    }

    private int Word(string key, IReadOnlyList<string> words)
    {
        string word = _metadata(Prefix + key);
        int index = words.ToList().IndexOf(word);
        return index >= 0 ? index
            : throw Defect($"{Prefix}{key} '{SafetensorsHeader.Printable(word)}' is none of {string.Join(", ", words)}");
    }

    private int Integer(string key, int least, int most) =>
        int.TryParse(_metadata(Prefix + key), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least &&
            value <= most
            ? value : throw Defect($"{Prefix}{key} must be a whole number from {least} to {most}");

    private FileFormatException Defect(string problem) => new(_file.Name, problem, SafetensorsHeader.LengthBytes);
}
