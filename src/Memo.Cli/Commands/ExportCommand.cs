using System.CommandLine;
using Memo.Data;
using Memo.Networks;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>`memo export`: a network for other tools.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        Argument<string> file = NetworkArgument.Create();
        Option<string> format = GlobalOptions.Choice("--format", "What to write (default: what the ending of F says)",
            recursive: false, fallback: null, [.. NetworkExport.Formats]);
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
            "memo export digits.memo --format safetensors -o digits.safetensors")
        {
            Details = () => """
                onnx: ONNX, operator set 17, exact in double precision, batches of any size. Input x [batch, n]
                in the samples' type; outputs label [batch] (int64: the class, or its index where classes are
                words; INT32_MIN is an abstention) and values (double; F = values times the metadata's scale).
                Samples that are floats have a third, exact [batch]: whether a sample lies on the grid and in
                the range for which the answer is proved; where not, label is INT32_MIN and values are NaN.
                cells, constant, condense: factored, the training points for constants (with --dense the
                paper's three layers); the others: their layers. A runtime holds the points as doubles, 8 N n
                bytes, and 8 N for each sample of a batch. Doubles hold integers up to 2^53: a network whose
                numbers can be larger is refused, and so is a model above 2 GiB.
                safetensors: the network file itself, which memo reads again, every bit of it; with --dense
                layers.0.weight, layers.0.bias, .. as F64, refused where a weight is no double.
                json: a description, what `memo inspect --json --layers` says of the network; no weights.
                """,
        };
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

    // Files end in the names of their formats.
    private static string FormatOf(string path)
    {
        string ending = Path.GetExtension(path).TrimStart('.').ToLowerInvariant();
        return NetworkExport.Formats.Contains(ending) ? ending
            : throw new MemoException($"{path}: its ending names no format; say --format " +
                string.Join(", ", NetworkExport.Formats.SkipLast(1)) + $" or {NetworkExport.Formats[^1]}");
    }

    private static int WriteText(string path, long bytes, string format, bool dense, INetwork network)
    {
        HumanText.Line("exported", $"{path}, {HumanText.Plural(bytes, "byte")}");
        HumanText.Line("format", format + (dense ? ", dense" : ""));
        HumanText.WriteSamples(network);
        if (format != NetworkExport.Onnx) return ExitCode.Success;
        var memory = ModelMemory.Of(network, dense);
        HumanText.Line("memory", $"in a runtime, {HumanText.Plural(memory.Constants, "byte")} of constants as doubles, and " +
                                 $"{HumanText.Count(memory.PerSample)} for each sample of a batch");
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
            if (format != NetworkExport.Onnx) return;
            var memory = ModelMemory.Of(network, dense);
            json.WriteNumber("runtime_bytes", memory.Constants);
            json.WriteNumber("runtime_bytes_per_sample", memory.PerSample);
        });
}
