using System.CommandLine;
using System.Text.Json;
using Memo.Data;
using Memo.Networks;

namespace Memo.Cli.Reports;

/// <summary>
/// What the rows named in a report look like: PNG images where the data's are images, places in the plane where there are two
/// features, and nothing otherwise. Rows of the data asked about and training points are kept apart.
/// </summary>
internal sealed class ReportPictures
{
    // Points of a scatter plot; more would only hide each other.
    private const int MostPlaces = 3000;

    private readonly Dataset _rows;
    private readonly SampleMatrix _points;
    private readonly int[] _pointLabels;
    private readonly ClassList _classes;
    private readonly ImageShape? _shape;
    private readonly IReadOnlyDictionary<string, string> _classNames;
    private readonly SortedSet<int> _shownRows = [], _shownPoints = [];
    private readonly (double Low, double High) _range;

    /// <param name="reference">What the data is, which may know that they are images.</param>
    /// <param name="rows">The rows asked about.</param>
    /// <param name="network">Whose training points are shown beside them.</param>
    /// <param name="shape">What --image says.</param>
    public ReportPictures(DataReference reference, Dataset rows, CellNetwork network, ImageShape? shape)
        : this(reference, rows, network.TrainingPoints, [.. network.Labels], network.Classes, shape)
    {
    }

    /// <param name="reference">What the data is, which may know that they are images.</param>
    /// <param name="rows">The rows asked about.</param>
    /// <param name="points">Training points.</param>
    /// <param name="pointLabels">Their class indices.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="shape">What --image says.</param>
    public ReportPictures(DataReference reference, Dataset rows, SampleMatrix points, int[] pointLabels, ClassList classes, ImageShape? shape)
    {
        (_rows, _points, _pointLabels, _classes) = (rows, points, pointLabels, classes);
        _classNames = reference.ClassNames;
        _shape = shape ?? reference.Image(rows.Dimension);
        if (_shape is not null && _shape.Dimension != rows.Dimension) _shape = null;
        if (_shape is not null) _range = Range(points);
    }

    /// <summary>--image.</summary>
    /// <param name="use">What the shape is for.</param>
    public static Option<ImageShape?> CreateOption(string use = "In a report") => new("--image")
    {
        Description = $"{use}: samples are images of this shape (known for named sets and folders): 28x28, 32x32x3 or 3x32x32",
        HelpName = "HxW",
        CustomParser = argument =>
        {
            try
            {
                return ImageShape.Parse(argument.Tokens[0].Value);
            }
            catch (MemoException exception)
            {
                argument.AddError($"--image: {exception.Message}");
                return null;
            }
        },
    };

    /// <summary>Throws, before any work, when --image names a shape that samples do not have.</summary>
    public static void RequireFit(ImageShape? shape, Dataset rows)
    {
        if (shape is not null && shape.Dimension != rows.Dimension)
            throw new MemoException($"--image: {shape.Height} x {shape.Width} x {shape.Channels} makes {shape.Dimension} features, but " +
                                    $"{rows.Source} has {rows.Dimension}");
    }

    /// <summary>What stands in a page without samples: the names of the classes alone.</summary>
    public static void WriteNone(Utf8JsonWriter json, DataReference reference)
    {
        json.WriteString("kind", "none");
        WriteClassNames(json, reference.ClassNames);
    }

    private static void WriteClassNames(Utf8JsonWriter json, IReadOnlyDictionary<string, string> names)
    {
        json.WriteStartObject("class_names");
        foreach ((string name, string shown) in names) json.WriteString(name, shown);
        json.WriteEndObject();
    }

    /// <summary>Shows a row, and the training points that decide about it.</summary>
    public void Add(int row, CellExplanation why)
    {
        _shownRows.Add(row);
        _shownPoints.Add(why.Nearest.Point);
        _shownPoints.Add(why.Rival.Point);
        foreach (CellNeuron neuron in why.Neurons.Take(12)) _shownPoints.Add(neuron.Point);
        if (why.Decisive is not { } decisive) return;
        _shownPoints.Add(decisive.Point);
        if (decisive.Binding is { } wall) _shownPoints.Add(wall.Point);
    }

    /// <summary>Shows a training point.</summary>
    public void AddPoint(int point) => _shownPoints.Add(point);

    /// <summary>
    /// kind ("image", "plane" or "none"), class_names, rows and points: by number, a data: address or two coordinates; cloud: places
    /// of training points with the index of their class.
    /// </summary>
    public void Write(Utf8JsonWriter json)
    {
        bool plane = _shape is null && _rows.Dimension == 2;
        json.WriteString("kind", _shape is not null ? "image" : plane ? "plane" : "none");
        WriteClassNames(json, _classNames);
        if (_shape is null && !plane) return;
        json.WriteStartObject("rows");
        foreach (int row in _shownRows) WriteSample(json, _rows.FileRows[row], _rows.Points, row);
        json.WriteEndObject();
        json.WriteStartObject("points");
        foreach (int point in _shownPoints) WriteSample(json, point, _points, point);
        json.WriteEndObject();
        if (!plane) return;
        int step = (_points.Rows + MostPlaces - 1) / MostPlaces;
        json.WriteNumber("cloud_step", step);
        json.WriteNumber("cloud_of", _points.Rows);
        json.WriteStartArray("cloud");
        for (int i = 0; i < _points.Rows; i += step)
        {
            json.WriteStartArray();
            json.WriteNumberValue(_points[i, 0]);
            json.WriteNumberValue(_points[i, 1]);
            json.WriteStringValue(_classes[_pointLabels[i]]);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    private void WriteSample(Utf8JsonWriter json, int number, SampleMatrix samples, int row)
    {
        json.WritePropertyName(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (_shape is not null)
        {
            json.WriteStringValue("data:image/png;base64," +
                Convert.ToBase64String(PngImage.Encode(samples, row, _shape, _range.Low, _range.High)));
            return;
        }
        json.WriteStartArray();
        json.WriteNumberValue(samples[row, 0]);
        json.WriteNumberValue(samples[row, 1]);
        json.WriteEndArray();
    }

    // Black and white are the data's own extremes, 0 included.
    private static (double Low, double High) Range(SampleMatrix samples)
    {
        double low = 0, high = 0;
        for (int i = 0; i < samples.Rows && (samples.ElementType != ElementType.UInt8 || high < 255); i++)
            for (int k = 0; k < samples.Columns; k++) (low, high) = (Math.Min(low, samples[i, k]), Math.Max(high, samples[i, k]));
        return (low, high);
    }
}
