using System.Text.Encodings.Web;
using System.Text.Json;

namespace Memo.Cli;

/// <summary>The one JSON object on standard output.</summary>
internal static class JsonOutput
{
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

    /// <summary>A number; null where there is none, or where it passes what a double can say.</summary>
    public static void WriteNumberOrNull(this Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) json.WriteNumber(name, number);
        else json.WriteNull(name);
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
}
