using System.CommandLine;
using System.CommandLine.Invocation;

namespace Memo.Cli;

/// <summary>The product's version, as Directory.Build.props sets it.</summary>
internal static class ProductVersion
{
    public static string Text { get; } = SystemReport.Version;

    /// <summary>The answer to --version, one line on standard output.</summary>
    public static int Write()
    {
        try
        {
            Terminal.LeaveKeypadAlone();
            using Stream output = Console.OpenStandardOutput();
            output.Write(System.Text.Encoding.UTF8.GetBytes($"memo {Text}\n"));
            return ExitCode.Success;
        }
        catch (Exception exception) when (Session.IsOutputFailure(exception))
        {
            return Session.ReportOutputFailure(exception);
        }
    }
}

/// <summary>--version among other arguments.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult) => ProductVersion.Write();
}
