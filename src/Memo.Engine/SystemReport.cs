// What `memo info --json` and memo_info() of the C library say.
using System.Runtime.InteropServices;
using System.Text.Json;
using Memo.Data;
using Memo.Kernels;

namespace Memo;

/// <summary>This build of the engine and the machine that it runs on.</summary>
internal static class SystemReport
{
    /// <summary>The product's version, such as "0.1.0"; the engine, the program and the library share it.</summary>
    public static string Version { get; } = typeof(SystemReport).Assembly.GetName().Version!.ToString(3);

    /// <summary>
    /// The processor level that this build is for, or the architecture elsewhere. Ahead of time the instruction sets are
    /// constants of the build, so the best one tells which build this is.
    /// </summary>
    public static string Build => RuntimeInformation.ProcessArchitecture != Architecture.X64
        ? RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()
        : Isa.Best switch
        {
            InstructionSet.Avx512 => "x86-64-v4",
            InstructionSet.Avx2 => "x86-64-v3",
            _ => "x86-64-v2",
        };

    /// <summary>Where data sets that have a name are looked for.</summary>
    public static IReadOnlyList<string> DataFolders =>
        [.. DataCatalogue.Entries.Where(entry => !entry.IsEmbedded).SelectMany(entry => entry.SearchedFolders()).Distinct()];

    /// <summary>Writes the fields of the report into an object that the caller begins and ends. Devices are not the engine's to know.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="threads">Worker threads in use.</param>
    public static void WriteFields(Utf8JsonWriter json, int threads)
    {
        ArgumentNullException.ThrowIfNull(json);
        var processor = ProcessorDescription.Read();
        json.WriteString("version", Version);
        json.WriteString("build", Build);
        json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
        json.WriteString("platform", RuntimeInformation.RuntimeIdentifier);
        json.WriteString("program", Environment.ProcessPath);
        json.WriteString("processor", processor.Model);
        WriteStrings("cpu_features", processor.Features);
        json.WriteString("isa", Isa.Name(Isa.Active));
        json.WriteString("isa_processor", Isa.Name(Processor.Best));
        json.WriteString("isa_build", Isa.Name(Isa.Best));
        json.WriteNumber("threads", threads);
        WriteStrings("data_folders", DataFolders);

        void WriteStrings(string name, IReadOnlyList<string> values)
        {
            json.WriteStartArray(name);
            foreach (string value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
    }
}
