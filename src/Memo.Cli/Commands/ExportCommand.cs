using System.CommandLine;
using Memo.Data;
using Memo.Networks;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>`memo export`: a network for other tools.</summary>
internal static class ExportCommand
{
    private static readonly (string Ending, string Format)[] s_endings =
        [(".onnx", "onnx"), (".safetensors", "safetensors"), (".json", "json")];

    public static Command Create()
    {
        Argument<string> file = NetworkArgument.Create();
        var format = new Option<string?>("--format")
        {
            Description = "What to write (default: what the ending of F says)",
            HelpName = string.Join('|', NetworkExport.Formats),
        };
        format.AcceptOnlyFromAmong([.. NetworkExport.Formats]);
        var dense = new Option<bool>("--dense")
        {
            Description = "Write the layers out as the paper has them, every weight a double (small networks only)",
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "File to write",
            HelpName = "F",
            Required = true,
        };
        var command = new DocumentedCommand("export",
            "Write a network for other tools: ONNX, safetensors, JSON",
            "memo export digits.memo -o digits.onnx",
            "memo export small.memo --dense -o small.onnx        the three dense layers of the paper",
            "memo export digits.memo --format safetensors -o digits.safetensors");
        command.Arguments.Add(file);
        command.Options.Add(format);
        command.Options.Add(dense);
        command.Options.Add(output);
        command.SetWork(session =>
        {
            string target = session.Get(output)!;
            string chosen = session.Get(format) ?? FormatOf(target);
            OutputPath.RequireWritable(target, session.Get(file));
            StoredNetwork stored = NetworkFile.Load(session.Get(file));
            long bytes = NetworkExport.Write(target, chosen, stored.Network, stored.Seed, session.Get(dense), stored.Provenance);
            return session.Json ? WriteJson(target, bytes, chosen, session.Get(dense), stored.Network)
                : WriteText(target, bytes, chosen, session.Get(dense), stored.Network);
        });
        return command;
    }

    private static string FormatOf(string path)
    {
        string? format = Array.Find(s_endings, entry => path.EndsWith(entry.Ending, StringComparison.OrdinalIgnoreCase)).Format;
        return format ?? throw new MemoException($"{path}: its ending names no format; say --format " +
                                                 string.Join(" or ", NetworkExport.Formats));
    }

    private static int WriteText(string path, long bytes, string format, bool dense, INetwork network)
    {
        HumanText.Line("exported", $"{path}, {HumanText.Plural(bytes, "byte")}");
        HumanText.Line("format", format + (dense ? ", dense" : ""));
        HumanText.WriteSamples(network);
        return ExitCode.Success;
    }

    private static int WriteJson(string path, long bytes, string format, bool dense, INetwork network) =>
        JsonOutput.Write(ExitCode.Success, json =>
        {
            json.WriteString("path", path);
            json.WriteNumber("bytes", bytes);
            json.WriteString("format", format);
            json.WriteBoolean("dense", dense);
            json.WriteString("method", network.Method);
            json.WriteString("type", network.SampleType.NumpyName());
            json.WriteNumber("dimension", network.Dimension);
            json.WriteClasses(network.Classes);
        });
}
