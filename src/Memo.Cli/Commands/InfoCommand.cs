using System.CommandLine;
using System.Runtime.InteropServices;
using Memo.Gpu;
using Memo.Kernels;

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

    private static int WriteText(Session session)
    {
        var processor = ProcessorDescription.Read();
        HumanText.Line("memo", ProductVersion.Text);
        HumanText.Line("build", $"{SystemReport.Build}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        HumanText.Line("program", Environment.ProcessPath ?? "unknown");
        HumanText.Line("processor", processor.Model);
        HumanText.Line("features", string.Join(' ', processor.Features));
        HumanText.Line("isa", $"{Isa.Name(Isa.Active)} (this processor: {Isa.Name(Processor.Best)}, this build: {Isa.Name(Isa.Best)})");
        HumanText.Line("threads", HumanText.Count(session.Threads));
        HumanText.Line("device", "cpu");
        foreach (string line in new DeviceReport().Lines) HumanText.Line("device", line);
        foreach (string folder in SystemReport.DataFolders)
            HumanText.Line("data", folder + (Directory.Exists(folder) ? "" : " (not there)"));
        return ExitCode.Success;
    }

    private static int WriteJson(Session session) =>
        JsonOutput.Write(ExitCode.Success, json =>
        {
            SystemReport.WriteFields(json, session.Threads);
            new DeviceReport().WriteFields(json);
        });
}
