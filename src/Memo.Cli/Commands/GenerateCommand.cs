using System.CommandLine;
using Memo.Data;

namespace Memo.Cli.Commands;

/// <summary>`memo generate`: writes a generated data set.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var data = new Argument<string>("DATA") { Description = "Generator, NAME or NAME?parameter=value&..; see below" };
        var output = new Option<string>("--output", "-o")
        {
            Description = "File to write: arrays x (N by n) and y (N integers)",
            HelpName = "F.npz",
            Required = true,
        };
        OutputPath.RequireEnding(output, ".npz");
        var command = new DocumentedCommand("generate", "Write a generated data set to a .npz file",
            "memo generate moons -o moons.npz",
            "memo generate 'ball-shell?n=100&count=2000' --seed 7 -o shell.npz",
            "memo generate 'parity?n=10' -o parity.npz --json")
        {
            Details = () => "Generators, with their parameters and defaults:\n" +
                      string.Join("\n\n", DataGenerator.All.Select(Describe)),
        };
        command.Arguments.Add(data);
        command.Options.Add(output);
        command.SetWork(session =>
        {
            string path = session.Get(output)!;
            OutputPath.RequireWritable(path);
            Dataset generated = Generate(session.Get(data), session.Seed);
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

    private static string Describe(DataGenerator generator) =>
        $"  {generator.Name}: {generator.Description}\n" + string.Join("\n", generator.Parameters.Select(parameter =>
            $"    {parameter.Name}={parameter.Default}".PadRight(20) + $" {parameter.Meaning}"));

    private static Dataset Generate(string text, ulong seed)
    {
        string[] parts = text.Split('?', 2);
        DataGenerator generator = DataGenerator.Find(parts[0]) ?? throw new MemoException(
            $"'{parts[0]}' is no generator; the generators are {string.Join(", ", DataGenerator.All.Select(known => known.Name))}");
        return generator.Generate(parts.Length == 2 ? parts[1] : "", seed);
    }

    private static int WriteText(Dataset generated, string path)
    {
        HumanText.Line("generated", $"{HumanText.Plural(generated.Count, "row")} of " +
            $"{HumanText.Plural(generated.Dimension, "feature")}, classes {HumanText.Classes(generated.Classes)}");
        HumanText.Line("saved", path);
        return ExitCode.Success;
    }
}
