using System.CommandLine;
using System.Runtime.InteropServices;
using Memo.Data;
using Memo.Kernels;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>`memo info`: this program, this machine, and where data is looked for.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var command = new DocumentedCommand("info", "Version, build, processor, instruction set, devices and data folders",
            "memo info",
            "memo info --isa avx2 --json");
        command.SetWork(session => session.Json ? WriteJson(session) : WriteText(session));
        return command;
    }

    // Ahead of time the instruction sets are constants of the build, so the best one tells which build this is.
    private static string Build => RuntimeInformation.ProcessArchitecture != Architecture.X64
        ? RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()
        : Isa.Best switch
        {
            InstructionSet.Avx512 => "x86-64-v4",
            InstructionSet.Avx2 => "x86-64-v3",
            _ => "x86-64-v2",
        };

    private static int WriteText(Session session)
    {
        var processor = ProcessorDescription.Read();
        HumanText.Line("memo", ProductVersion.Text);
        HumanText.Line("build", $"{Build}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        HumanText.Line("program", Environment.ProcessPath ?? "unknown");
        HumanText.Line("processor", processor.Model);
        HumanText.Line("features", string.Join(' ', processor.Features));
        HumanText.Line("isa", $"{Isa.Name(Isa.Active)} (this processor: {Isa.Name(Processor.Best)}, this build: {Isa.Name(Isa.Best)})");
        HumanText.Line("threads", HumanText.Count(session.Threads));
        HumanText.Line("devices", "cpu");
        foreach (string folder in DataFolders())
            HumanText.Line("data", folder + (Directory.Exists(folder) ? "" : " (not there)"));
        return ExitCode.Success;
    }

    private static int WriteJson(Session session) =>
        JsonOutput.Write(ExitCode.Success, json =>
        {
            var processor = ProcessorDescription.Read();
            json.WriteString("version", ProductVersion.Text);
            json.WriteString("build", Build);
            json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            json.WriteString("platform", RuntimeInformation.RuntimeIdentifier);
            json.WriteString("program", Environment.ProcessPath);
            json.WriteString("processor", processor.Model);
            json.WriteArray("cpu_features", processor.Features.Count, i => json.WriteStringValue(processor.Features[i]));
            json.WriteString("isa", Isa.Name(Isa.Active));
            json.WriteString("isa_processor", Isa.Name(Processor.Best));
            json.WriteString("isa_build", Isa.Name(Isa.Best));
            json.WriteNumber("threads", session.Threads);
            json.WriteStartArray("devices");
            json.WriteStringValue("cpu");
            json.WriteEndArray();
            string[] folders = [.. DataFolders()];
            json.WriteArray("data_folders", folders.Length, i => json.WriteStringValue(folders[i]));
        });

    private static IEnumerable<string> DataFolders() =>
        DataCatalogue.Entries.Where(entry => !entry.IsEmbedded).SelectMany(entry => entry.SearchedFolders()).Distinct();
}
