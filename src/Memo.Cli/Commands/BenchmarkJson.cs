using System.Text.Json;
using Memo.Benchmarks;
using Memo.Kernels;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>The JSON of `memo bench`: written for programs, and read again from the builds that --all-isas runs.</summary>
internal static class BenchmarkJson
{
    /// <summary>
    /// Writes one object: the peaks of the last report (the best instruction set), those of each where there are several,
    /// and all results.
    /// </summary>
    public static int Write(IReadOnlyList<BenchmarkReport> reports) => JsonOutput.Write(ExitCode.Success, json =>
    {
        json.WriteString("isa", Isa.Name(reports[^1].Isa));
        json.WriteNumber("threads", reports[^1].Threads);
        json.WritePropertyName("peaks");
        WritePeaks(json, reports[^1].Peaks);
        if (reports.Count > 1)
        {
            json.WriteStartObject("peaks_by_isa");
            foreach (BenchmarkReport report in reports)
            {
                json.WritePropertyName(Isa.Name(report.Isa));
                WritePeaks(json, report.Peaks);
            }
            json.WriteEndObject();
        }
        KernelResult[] results = [.. reports.SelectMany(report => report.Kernels)];
        json.WriteArray("kernels", results.Length, i => WriteResult(json, results[i]));
    });

    private static void WritePeaks(Utf8JsonWriter json, MachinePeaks? peaks)
    {
        if (peaks is null)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        json.WriteString("isa", Isa.Name(peaks.Isa));
        json.WriteNumber("threads", peaks.Threads);
        json.WriteNumber("fp32_gflops", peaks.Single);
        json.WriteNumber("fp64_gflops", peaks.Double);
        json.WriteNumber("integer_gops", peaks.Integer);
        json.WriteString("integer_instruction", peaks.IntegerInstruction);
        json.WriteArray("memory", peaks.Memory.Count, i =>
        {
            json.WriteStartObject();
            json.WriteString("level", peaks.Memory[i].Level);
            json.WriteNumber("bytes", peaks.Memory[i].Bytes);
            json.WriteNumber("gb_per_second", peaks.Memory[i].Rate);
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, KernelResult result)
    {
        json.WriteStartObject();
        json.WriteString("name", result.Name);
        json.WriteString("shape", result.Shape);
        json.WriteString("isa", Isa.Name(result.Isa));
        json.WriteString("device", result.Device);
        json.WriteNumber("threads", result.Threads);
        json.WriteNumber("seconds", result.Seconds);
        json.WriteNumber("rate", result.Rate);
        json.WriteString("unit", result.Unit);
        WriteOptional(json, "share_of_peak", result.ShareOfPeak);
        WriteOptional(json, "operations", result.Operations);
        WriteOptional(json, "bytes", result.Bytes);
        WriteOptional(json, "equivalent_gops", result.EquivalentRate);
        json.WriteBoolean("pruned", result.Pruned);
        json.WriteNumber("queries", result.Queries);
        json.WriteNumber("samples", result.Samples);
        json.WriteNumber("dimension", result.Dimension);
        if (result.Grows is { } grows) json.WriteString("grows", grows == Growth.Samples ? "samples" : "features");
        WriteOptional(json, "checksum", result.Checksum);
        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    /// <summary>What <see cref="Write"/> wrote of one report.</summary>
    public static BenchmarkReport Read(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement root = document.RootElement;
        return new BenchmarkReport(Set(root), root.GetProperty("threads").GetInt32(), ReadPeaks(root.GetProperty("peaks")),
            [.. root.GetProperty("kernels").EnumerateArray().Select(ReadResult)]);
    }

    private static MachinePeaks? ReadPeaks(JsonElement peaks) => peaks.ValueKind == JsonValueKind.Null
        ? null
        : new MachinePeaks(Set(peaks), peaks.GetProperty("threads").GetInt32(), Number(peaks, "fp32_gflops"),
            Number(peaks, "fp64_gflops"), Number(peaks, "integer_gops"), Text(peaks, "integer_instruction"),
            [.. peaks.GetProperty("memory").EnumerateArray().Select(level => new MemoryRate(
                Text(level, "level"), level.GetProperty("bytes").GetInt64(), Number(level, "gb_per_second")))]);

    private static KernelResult ReadResult(JsonElement result) => new()
    {
        Name = Text(result, "name"), Shape = Text(result, "shape"), Isa = Set(result), Device = Text(result, "device"),
        Threads = result.GetProperty("threads").GetInt32(), Seconds = Number(result, "seconds"), Rate = Number(result, "rate"),
        Unit = Text(result, "unit"), ShareOfPeak = Optional(result, "share_of_peak"), Operations = Optional(result, "operations"),
        Bytes = Optional(result, "bytes"), Pruned = result.GetProperty("pruned").GetBoolean(),
        Queries = result.GetProperty("queries").GetInt32(), Samples = result.GetProperty("samples").GetInt32(),
        Dimension = result.GetProperty("dimension").GetInt32(),
        Grows = result.TryGetProperty("grows", out JsonElement grows) ? grows.GetString() == "samples" ? Growth.Samples : Growth.Features : null,
        Checksum = Optional(result, "checksum"),
    };

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private static double? Optional(JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    private static InstructionSet Set(JsonElement element) =>
        Isa.Parse(Text(element, "isa"), "isa", Isa.UpTo(InstructionSet.Avx512))!.Value;
}
