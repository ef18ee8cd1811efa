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
