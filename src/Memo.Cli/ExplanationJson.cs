using System.Text.Json;
using Memo.Networks;
using Memo.Numerics;
using Memo.Storage;

namespace Memo.Cli;

/// <summary>Why a network of cells answers as it does, as fields of a JSON object: training points by position, distances in the
/// units of the training data; null for what passes a double's range.</summary>
internal static class ExplanationJson
{
    /// <summary>answer, radius, nearest, rival, decisive: {point, label, distance, activation, wall}.</summary>
    public static void WriteAnswer(this Utf8JsonWriter json, CellNetwork network, CellExplanation why)
    {
        json.WritePropertyName("answer");
        json.WriteClassValue(network.Classes, why.Label);
        json.WriteNumber("radius", why.Radius);
        json.WriteStartObject("nearest");
        json.WritePoint(network, why.Nearest.Point, why.Nearest.SquaredDistance);
        json.WriteEndObject();
        json.WriteStartObject("rival");
        json.WritePoint(network, why.Rival.Point, why.Rival.SquaredDistance);
        json.WriteEndObject();
        if (why.Decisive is not { } decisive)
        {
            json.WriteNull("decisive");
            return;
        }
        json.WriteStartObject("decisive");
        json.WritePoint(network, decisive.Point, decisive.SquaredDistance);
        json.WriteNumberOrNull("activation", Activation(network, decisive));
        if (decisive.Binding is { } wall)
        {
            json.WriteStartObject("wall");
            json.WritePoint(network, wall.Point, wall.SquaredDistance);
            json.WriteNumber("wall_distance", wall.Distance);
            json.WriteEndObject();
        }
        else
            json.WriteNull("wall");
        json.WriteEndObject();
    }

    /// <summary>cells: every neuron that could fire, and the walls that keep it from doing so.</summary>
    public static void WriteCells(this Utf8JsonWriter json, CellNetwork network, CellExplanation why) =>
        json.WriteArray("cells", why.Neurons.Count, k =>
        {
            CellNeuron neuron = why.Neurons[k];
            json.WriteStartObject();
            json.WritePoint(network, neuron.Point, neuron.SquaredDistance);
            json.WriteNumberOrNull("activation", Activation(network, neuron));
            json.WriteBoolean("fires", neuron.Fires);
            json.WriteBoolean("contains", neuron.Contains);
            json.WriteArray("crossed", neuron.Crossed.Count, c =>
            {
                json.WriteStartObject();
                json.WritePoint(network, neuron.Crossed[c].Point, neuron.Crossed[c].SquaredDistance);
                json.WriteNumberOrNull("value", NearestDouble.Of(neuron.Crossed[c].Value) / network.UnitDenominator);
                json.WriteEndObject();
            });
            json.WriteEndObject();
        });

    /// <summary>-u_i(x), to about the nearest double.</summary>
    public static double Activation(CellNetwork network, CellNeuron neuron) =>
        NearestDouble.Of(neuron.Activation) / network.UnitDenominator;

    private static void WritePoint(this Utf8JsonWriter json, CellNetwork network, int point, Dyadic squaredDistance)
    {
        json.WriteNumber("point", point);
        json.WritePropertyName("label");
        json.WriteClassValue(network.Classes, network.Labels[point]);
        json.WriteNumberOrNull("distance", NearestDouble.OfSquareRoot(squaredDistance));
    }
}
