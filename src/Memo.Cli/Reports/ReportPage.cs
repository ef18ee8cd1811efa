using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Memo.Cli.Reports;

/// <summary>
/// A report: one HTML file that needs nothing else. It holds the command's --json object, from which a script makes all that is
/// shown, the pictures, and the plotting library. Texts reach the page as data and are never read as markup.
/// </summary>
internal static class ReportPage
{
    /// <summary>Adds --report to a command.</summary>
    public static System.CommandLine.Option<string?> CreateOption()
    {
        var option = new System.CommandLine.Option<string?>("--report")
        {
            Description = "Write a report to look at: one HTML file with charts, tables and pictures that needs no network",
            HelpName = "F.html",
        };
        OutputPath.RequireEnding(option, ".html", ".htm");
        return option;
    }

    /// <summary>Ends a command's text with the report's name, where one was written.</summary>
    public static int Announce(int exitCode, string? path)
    {
        if (path is not null) HumanText.Line("report", path);
        return exitCode;
    }

    /// <summary>Writes the page, all of it or nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="command">The command's name, which says how to show its object.</param>
    /// <param name="title">The heading.</param>
    /// <param name="fields">What the command writes with --json.</param>
    /// <param name="pictures">Writes the fields of what is shown beside it; null for nothing.</param>
    public static void Write(string path, string command, string title, Action<Utf8JsonWriter> fields, Action<Utf8JsonWriter>? pictures = null) =>
        AtomicFile.Write(path, stream =>
        {
            Text($$"""
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <meta name="generator" content="memo {{WebUtility.HtmlEncode(ProductVersion.Text)}}">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
                <title>{{WebUtility.HtmlEncode(title)}}</title>
                <style>

                """);
            Copy("report.css");
            Text($$"""
                </style>
                </head>
                <body data-command="{{WebUtility.HtmlEncode(command)}}">
                <a class="skip" href="#main">Skip to the results</a>
                <header><h1>{{WebUtility.HtmlEncode(title)}}</h1></header>
                <main id="main" tabindex="-1"></main>
                <noscript><p>The charts and tables of this page are made by its script, which is switched off here. The numbers are in the
                page itself, as JSON.</p></noscript>
                <script type="application/json" id="result">
                """);
            Json(fields);
            Text("</script>\n<script type=\"application/json\" id=\"pictures\">");
            Json(pictures ?? (_ => { }));
            Text("</script>\n<script>\n");
            using (var library = new GZipStream(Resource("plot.js.gz"), CompressionMode.Decompress)) library.CopyTo(stream);
            Text("</script>\n<script>\n");
            foreach (string part in (string[])["page.js", "charts.js", "gallery.js", "report.js"]) Copy(part);
            Text("</script>\n</body>\n</html>\n");

            void Text(string text) => stream.Write(Encoding.UTF8.GetBytes(text));

            void Copy(string resource)
            {
                using Stream plain = Resource(resource);
                plain.CopyTo(stream);
            }

            // The default encoder writes <, > and & as \u003C and so on, so that no text ends the script element.
            void Json(Action<Utf8JsonWriter> content)
            {
                using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default });
                json.WriteStartObject();
                content(json);
                json.WriteEndObject();
            }
        });

    private static Stream Resource(string name) => typeof(ReportPage).Assembly.GetManifestResourceStream(name)!;
}
