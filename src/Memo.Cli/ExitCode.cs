namespace Memo.Cli;

/// <summary>What the process returns; people script against these.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int CheckFailed = 1;
    public const int BadInput = 2;
    public const int InternalError = 3;
    public const int Interrupted = 130;
}
