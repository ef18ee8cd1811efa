using System.CommandLine;
using Memo.Data;

namespace Memo.Cli.Commands;

/// <summary>`memo generate`: writes a generated data set.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var data = new Argument<string>("DATA") { Description = "Generator: NAME or NAME?n=20&count=1000; NAME is moons, circles, blobs, xor, parity, ball-shell or hypercube" };
        var output = new Option<string>("--output", "-o")
        {
            Description = "File to write: arrays x (N by n) and y (N integers)",
            HelpName = "F.npz",
            Required = true,
        };
        output.Validators.Add(result =>
        {
            string path = result.GetValueOrDefault<string>() ?? "";
            if (!path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase)) result.AddError($"--output: '{path}' must end in .npz");
        });
        var command = new DocumentedCommand("generate", "Write a generated data set to a .npz file",
            "memo generate moons -o moons.npz",
            "memo generate 'ball-shell?n=100&count=2000' --seed 7 -o shell.npz",
            "memo generate 'parity?n=10' -o parity.npz --json");
        command.Arguments.Add(data);
        command.Options.Add(output);
        command.SetWork(session =>
        {
            Dataset generated = DataGenerator.Generate(session.Get(data), session.Seed);
            string path = session.Get(output)!;
            NumpyFile.WriteNpz(path, generated);
            return session.Json
                ? JsonOutput.Write(ExitCode.Success, json =>
                {
                    json.WriteString("path", path);
                    json.WriteNumber("rows", generated.Count);
                    json.WriteNumber("dimension", generated.Dimension);
                    json.WriteNumber("seed", session.Seed);
                })
                : WriteText(generated, path);
        });
        return command;
    }

    private static int WriteText(Dataset generated, string path)
    {
        HumanText.Line("generated", $"{HumanText.Plural(generated.Count, "row")} of {HumanText.Plural(generated.Dimension, "feature")}, classes {HumanText.Classes(generated.Classes)}");
        HumanText.Line("saved", path);
        return ExitCode.Success;
    }
}
