// A network in JSON: `memo inspect --json`, `memo export --format json` and the C library say the same of it.
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Memo.Data;
using Memo.Features;
using Memo.Measures;
using Memo.Networks;

namespace Memo.Storage;

/// <summary>How networks, and what they consist of, are written in JSON.</summary>
internal static class NetworkJson
{
    private const int FlushAt = 1 << 16;

    /// <summary>
    /// The fields that describe a network: method, lambda, seed, samples, dimension, type, classes, the dense network's size,
    /// points, separation and its square (cells, constant, condense), readout (the others), notes, layers.
    /// </summary>
    /// <param name="json">Inside an object.</param>
    /// <param name="network">The network.</param>
    /// <param name="seed">The seed that it was built with.</param>
    /// <param name="layers">Whether to list the layers one by one; there may be thousands.</param>
    public static void WriteDescription(this Utf8JsonWriter json, INetwork network, ulong seed, bool layers)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(network);
        json.WriteString("method", network.Method);
        CellNetwork? cells = network.Cells();
        if (cells?.Lambda is { } lambda) json.WriteString("lambda", lambda.ToString());
        json.WriteNumber("seed", seed);
        json.WriteNumber("samples", network.Samples);
        json.WriteNumber("dimension", network.Dimension);
        json.WriteString("type", network.SampleType.NumpyName());
        json.WriteClasses(network.Classes);
        json.WriteSize(network.Size);
        json.WriteFeatures(network);
        if (cells is not null)
        {
            json.WriteNumber("points", cells.Count);
            json.WriteNumber("separation", SeparationBound.Of(cells).Raw);
            json.WriteString("minimum_squared_distance", cells.MinimumSquaredDistance.ToString());
        }
        if (network.Innermost() is ReluNetwork { Readout: var readout }) json.WriteString("readout", readout.FileName());
        json.WriteNotes(network);
        if (layers) json.WriteArray("layers", network.Layers.Count, k => WriteLayer(json, network, k));
    }

    /// <summary>The feature layers as "features", where there are any.</summary>
    public static void WriteFeatures(this Utf8JsonWriter json, INetwork network)
    {
        if (network is not FeatureNetwork { Map: var map }) return;
        json.WriteStartObject("features");
        json.WriteFeatureFields(map);
        json.WriteEndObject();
    }

    /// <summary>The feature layers' fields: kind, grade, patch, filters, pooling, mirror (conv), projection, dimension, parameters.</summary>
    public static void WriteFeatureFields(this Utf8JsonWriter json, FeatureMap map)
    {
        json.WriteString("kind", FeatureNames.Of(map.Kind));
        json.WriteString("grade", FeatureNames.Of(map.Grade));
        if (map.Layer is { } layer)
        {
            json.WriteNumber("patch", layer.Filters.Size);
            json.WriteNumber("filters", layer.Filters.Count);
            json.WriteNumber("pooling", layer.Grid);
            json.WriteBoolean("mirror", layer.Mirror);
        }
        json.WriteString("projection", FeatureNames.Of(map.ProjectionKind));
        json.WriteNumber("dimension", map.Dimension);
        json.WriteNumber("parameters", map.Parameters);
    }

    private static void WriteLayer(Utf8JsonWriter json, INetwork network, int k)
    {
        LayerShape layer = network.Layers[k];
        json.WriteStartObject();
        json.WriteInteger("inputs", layer.Inputs);
        json.WriteInteger("outputs", layer.Outputs);
        json.WriteInteger("parameters", layer.Parameters);
        json.WriteInteger("nonzero", layer.NonZero);
        int own = network.Layers.Count - network.Innermost().Layers.Count;
        if (k >= own && network.Innermost() is ReluNetwork relu) json.WriteNumber("bits", relu.WeightLayers[k - own].Bits);
        json.WriteEndObject();
    }

    /// <summary>An array, written out piece by piece however long it is.</summary>
    public static void WriteArray(this Utf8JsonWriter json, string name, int count, Action<int> item)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(item);
        json.WriteStartArray(name);
        for (int i = 0; i < count; i++)
        {
            item(i);
            if (json.BytesPending > FlushAt) json.Flush();
        }
        json.WriteEndArray();
    }

    /// <summary>An integer of any size, as an integer.</summary>
    public static void WriteInteger(this Utf8JsonWriter json, string name, BigInteger value)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WritePropertyName(name);
        json.WriteRawValue(value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A class by its value: an integer when the classes are integers, else a string; an abstention is null.</summary>
    public static void WriteClassValue(this Utf8JsonWriter json, ClassList classes, int index)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(classes);
        if (index == Predictions.Abstention) json.WriteNullValue();
        else if (classes.AreIntegers) json.WriteNumberValue(classes.ExternalValue(index));
        else json.WriteStringValue(classes[index]);
    }

    /// <summary>All classes, in order.</summary>
    public static void WriteClasses(this Utf8JsonWriter json, ClassList classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        json.WriteArray("classes", classes.Count, k => json.WriteClassValue(classes, k));
    }

    /// <summary>What the construction found out on its way, as strings, in order.</summary>
    public static void WriteNotes(this Utf8JsonWriter json, INetwork network)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(network);
        json.WriteStartObject("notes");
        foreach ((string name, string value) in network.Notes) json.WriteString(name, value);
        json.WriteEndObject();
    }

    /// <summary>The dense network's size: parameters, nonzero, width, depth, bits.</summary>
    public static void WriteSize(this Utf8JsonWriter json, NetworkSize size)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteInteger("parameters", size.Parameters);
        json.WriteInteger("nonzero", size.NonZero);
        json.WriteInteger("width", size.Width);
        json.WriteNumber("depth", size.Depth);
        json.WriteNumber("bits", size.Bits);
    }
}
