namespace Memo.Cli;

/// <summary>What the process returns; people script against these.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int CheckFailed = 1;
    public const int BadInput = 2;
    public const int InternalError = 3;

    /// <summary>128 + the number of the signal: 130 for SIGINT (Ctrl-C), 143 for SIGTERM, 129 for SIGHUP.</summary>
    public const int Interrupted = 128;
}
