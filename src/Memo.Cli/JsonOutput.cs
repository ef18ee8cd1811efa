using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Memo.Data;
using Memo.Networks;

namespace Memo.Cli;

/// <summary>The one JSON object on standard output, and the ways values are written in it.</summary>
internal static class JsonOutput
{
    private const int FlushAt = 1 << 16;

    /// <summary>Writes an object whose fields <paramref name="fields"/> writes, and a newline.</summary>
    public static int Write(int exitCode, Action<Utf8JsonWriter> fields)
    {
        try
        {
            WriteObject(fields);
            return exitCode;
        }
        catch (Exception exception) when (Session.IsOutputFailure(exception))
        {
            return Session.ReportOutputFailure(exception);
        }
    }

    private static void WriteObject(Action<Utf8JsonWriter> fields)
    {
        using Stream output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }
        output.WriteByte((byte)'\n');
    }

    /// <summary>An array, written out piece by piece however long it is.</summary>
    public static void WriteArray(this Utf8JsonWriter json, string name, int count, Action<int> item)
    {
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
        json.WritePropertyName(name);
        json.WriteRawValue(value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A class by its value: an integer when the classes are integers, else a string; an abstention is null.</summary>
    public static void WriteClassValue(this Utf8JsonWriter json, ClassList classes, int index)
    {
        if (index == Predictions.Abstention) json.WriteNullValue();
        else if (classes.AreIntegers) json.WriteNumberValue(classes.ExternalValue(index));
        else json.WriteStringValue(classes[index]);
    }

    /// <summary>All classes, in order.</summary>
    public static void WriteClasses(this Utf8JsonWriter json, ClassList classes) =>
        json.WriteArray("classes", classes.Count, k => json.WriteClassValue(classes, k));

    /// <summary>What the construction found out on its way, as strings, in order.</summary>
    public static void WriteNotes(this Utf8JsonWriter json, INetwork network)
    {
        json.WriteStartObject("notes");
        foreach ((string name, string value) in network.Notes) json.WriteString(name, value);
        json.WriteEndObject();
    }

    /// <summary>The dense network's size: parameters, nonzero, width, depth, bits.</summary>
    public static void WriteSize(this Utf8JsonWriter json, NetworkSize size)
    {
        json.WriteInteger("parameters", size.Parameters);
        json.WriteInteger("nonzero", size.NonZero);
        json.WriteInteger("width", size.Width);
        json.WriteNumber("depth", size.Depth);
        json.WriteNumber("bits", size.Bits);
    }
}
