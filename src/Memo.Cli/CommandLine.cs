using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Memo.Cli.Commands;

namespace Memo.Cli;

/// <summary>The tree of commands, and one run of it.</summary>
internal static class CommandLine
{
    private const string FirstSteps = """
        memo: memorization neural networks, constructed and evaluated exactly

        Try first:
          memo pairs                       the paper's experiment on digits (built in)
          memo build -d digits -o d.memo   construct a network and save it
          memo eval d.memo -d digits       how it does on the test part

        Commands: pairs, curve, measure, build, verify, predict, eval, explain, inspect,
                  export, generate, data, bench, info
        `memo --help` lists them; `memo COMMAND --help` explains one, with examples.
        """;

    /// <summary>Whether the command is `data` or one below it, wherever among options the word stands.</summary>
    public static bool IsData(string[] args)
    {
        if (!args.Contains(DataCommand.Name)) return false; // nearly always, and parsing takes milliseconds
        SymbolResult? result = Parse(args).CommandResult;
        while (result is not null and not CommandResult { Command.Name: DataCommand.Name }) result = result.Parent;
        return result is not null;
    }

    /// <summary>Parses, runs and returns the exit code.</summary>
    public static int Run(string[] args)
    {
        try
        {
            Terminal.UseUtf8();
        }
        catch (UnauthorizedAccessException exception)
        {
            return Session.ReportOutputFailure(exception);
        }
        if (Array.Find(args, argument => argument.Contains('\uFFFD')) is { } garbled)
        {
            // The runtime has replaced bytes that are no UTF-8, so the file that was meant cannot be named any more.
            Console.Error.WriteLine($"memo: '{garbled}' was not valid UTF-8; rename the file, or use a link to it");
            return ExitCode.BadInput;
        }
        ParseResult parsed = Parse(args);
        if (UsageErrors.SwallowedOption(parsed) is { } swallowed)
        {
            Console.Error.WriteLine($"memo: {swallowed}");
            return ExitCode.BadInput;
        }
        if (parsed.Action is ParseErrorAction)
        {
            UsageErrors.Write(parsed, Console.Error);
            return ExitCode.BadInput;
        }
        int exitCode = parsed.Invoke(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // Session answers signals
            Output = Console.Out,
            Error = Console.Error,
        });
        return Session.FlushOutput(exitCode);
    }

    private static ParseResult Parse(string[] args) => CreateRoot().Parse(args, new ParserConfiguration
    {
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null, // a file name may start with @
    });

    private static RootCommand CreateRoot()
    {
        var root = new RootCommand("Memorization neural networks, constructed and evaluated exactly.")
        {
            PairsCommand.Create(),
            CurveCommand.Create(),
            MeasureCommand.Create(),
            BuildCommand.Create(),
            VerifyCommand.Create(),
            PredictCommand.Create(),
            EvalCommand.Create(),
            ExplainCommand.Create(),
            InspectCommand.Create(),
            ExportCommand.Create(),
            GenerateCommand.Create(),
            DataCommand.Create(),
            BenchCommand.Create(),
            InfoCommand.Create(),
        };
        foreach (Option option in GlobalOptions.All) root.Options.Add(option);
        foreach (Option option in root.Options)
            if (option is HelpOption { Action: HelpAction help })
                option.Action = new HelpWithExamples(help);
            else if (option is VersionOption)
                option.Action = new VersionAction();
        root.SetAction(parsed =>
        {
            if (parsed.GetValue(GlobalOptions.Json))
            {
                Console.Error.WriteLine("memo: --json needs a command, such as `memo info --json`");
                return ExitCode.BadInput;
            }
            Console.Out.WriteLine(FirstSteps);
            return ExitCode.Success;
        });
        return root;
    }
}
