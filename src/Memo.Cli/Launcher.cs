// The front: `memo` is the x86-64-v2 build; before anything else it replaces itself by the best of the builds installed
// with it, ../libexec/memo/memo-x86-64-v3 and -v4, seen from its own file. A replacement (execve), never a fork.
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using System.Text;
using Memo.Kernels;

namespace Memo.Cli;

/// <summary>Chooses among the three builds at start: the flag --isa wins over MEMO_ISA; otherwise the best available.</summary>
internal static partial class Launcher
{
    private const string Flag = "--isa";

    // Holds the process id, which execve keeps: so it stops a second replacement by this very process and nothing else,
    // even where it is inherited by another memo.
    private const string Guard = "MEMO_LAUNCHED";

    /// <summary>
    /// Continues in the best build, in which case it does not return, or decides that this one goes on (null). Otherwise
    /// the exit code, after one line on stderr: an instruction set was asked for that is unknown, unsupported or absent.
    /// </summary>
    public static int? RunBest(string[] arguments)
    {
        try
        {
            Choose(arguments);
            return null;
        }
        catch (MemoException error)
        {
            // Not through Console.Error, whose first touch of a terminal writes more than is asked of it.
            using Stream stderr = Console.OpenStandardError();
            stderr.Write(Encoding.UTF8.GetBytes($"memo: {error.Message}\n"));
            return ExitCode.BadInput;
        }
    }

    private static void Choose(string[] arguments)
    {
        bool launched = Environment.GetEnvironmentVariable(Guard) == ProcessId;
        var available = new List<InstructionSet>(Isa.UpTo(Isa.Best));
        if (!launched)
            foreach (InstructionSet set in Isa.UpTo(Processor.Best))
                if (set > Isa.Best && SiblingOf(set) is { } path && File.Exists(path)) available.Add(set);

        InstructionSet? asked = AskedByFlag(arguments) is { } value
            ? Isa.Parse(value, $"{Flag} {value}", available)
            : Isa.Parse(Environment.GetEnvironmentVariable(Isa.Variable),
                $"{Isa.Variable}={Environment.GetEnvironmentVariable(Isa.Variable)}", available);
        InstructionSet chosen = asked ?? available[^1];
        if (chosen <= Isa.Best)
        {
            Isa.Use(chosen);
            return;
        }

        // execv returns only when it failed: a build that cannot be run is as good as absent, unless it was asked for.
        string sibling = SiblingOf(chosen)!;
        string problem = Replace(sibling, arguments);
        if (asked is not null) throw new MemoException($"{sibling} cannot be run ({problem}); reinstall, or choose another --isa");
        Isa.Use(Isa.Best);
    }

    /// <summary>
    /// The file of the front, seen from it or from a build that it was replaced by, and the instruction sets that it can be
    /// asked for.
    /// </summary>
    /// <exception cref="MemoException">This is a build without its front.</exception>
    public static (string Front, IReadOnlyList<InstructionSet> Available) Installation()
    {
        string self = Environment.ProcessPath ?? throw new MemoException("the program cannot find its own file");
        string? folder = Path.GetDirectoryName(self), prefix = Path.GetDirectoryName(Path.GetDirectoryName(folder));
        bool isBuild = Path.GetFileName(folder) == "memo" && Path.GetFileName(Path.GetDirectoryName(folder)) == "libexec";
        if (!isBuild)
            return (self, [.. Isa.UpTo(Processor.Best).Where(set => set <= Isa.Best || File.Exists(SiblingOf(set)))]);
        string front = Path.Combine(prefix!, "bin", "memo");
        if (!File.Exists(front)) throw new MemoException($"{front} is not there; this is one of the builds that it chooses from");
        return (front, [.. Isa.UpTo(Processor.Best).Where(set =>
            set == InstructionSet.Scalar || File.Exists(Path.Combine(folder!, $"memo-{Level(set)}")))]);
    }

    /// <summary>The value of the last --isa before a "--"; null without one (a missing value is the parser's to report).</summary>
    internal static string? AskedByFlag(ReadOnlySpan<string> arguments)
    {
        string? value = null;
        for (int i = 0; i < arguments.Length && arguments[i] != "--"; i++)
            if (arguments[i] == Flag && i + 1 < arguments.Length) value = arguments[++i];
            else if (arguments[i].StartsWith(Flag + "=", StringComparison.Ordinal) ||
                     arguments[i].StartsWith(Flag + ":", StringComparison.Ordinal)) value = arguments[i][(Flag.Length + 1)..];
        return value;
    }

    /// <summary>Where the build for an instruction set is installed, by the program's own file with links resolved.</summary>
    private static string? SiblingOf(InstructionSet set)
    {
        string? prefix = Path.GetDirectoryName(Path.GetDirectoryName(Environment.ProcessPath));
        return OperatingSystem.IsLinux() && prefix is not null
            ? Path.Combine(prefix, "libexec", "memo", $"memo-{Level(set)}") : null;
    }

    private static string Level(InstructionSet set) => set == InstructionSet.Avx512 ? "x86-64-v4" : "x86-64-v3";

    private static string ProcessId => Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private static unsafe string Replace(string path, string[] arguments)
    {
        byte** vector = (byte**)NativeMemory.AllocZeroed((nuint)arguments.Length + 2, (nuint)sizeof(byte*));
        vector[0] = Utf8StringMarshaller.ConvertToUnmanaged("memo");
        for (int i = 0; i < arguments.Length; i++) vector[i + 1] = Utf8StringMarshaller.ConvertToUnmanaged(arguments[i]);
        if (SetEnvironment(Guard, ProcessId, 1) == 0) Execute(path, vector);
        string problem = Marshal.GetLastPInvokeErrorMessage();
        for (int i = 0; i < arguments.Length + 1; i++) Utf8StringMarshaller.Free(vector[i]);
        NativeMemory.Free(vector);
        return problem;
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Execute(string path, byte** arguments);

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
