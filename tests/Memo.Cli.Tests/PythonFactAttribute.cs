using System.Diagnostics;

namespace Memo.Tests;

/// <summary>A test that needs a Python interpreter, and perhaps modules; skipped, saying so, where none has them.</summary>
public sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute(params string[] modules)
    {
        if (Interpreter(modules) is null)
            Skip = $"no python3{(modules.Length > 0 ? " with " + string.Join(", ", modules) : "")}; Debian: apt install python3-numpy";
    }

    /// <summary>The first interpreter that imports the modules: that of the PATH, else the system's own; null for none.</summary>
    public static string? Interpreter(params string[] modules) => Array.Find(["python3", "/usr/bin/python3"], program =>
    {
        try
        {
            var start = new ProcessStartInfo(program, ["-c", string.Join('\n', modules.Prepend("sys").Select(module => $"import {module}"))])
            {
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception) // no such program
        {
            return false;
        }
    });
}

/// <summary>The same for a theory.</summary>
public sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute() => Skip = PythonFactAttribute.Interpreter() is null ? "no python3; Debian: apt install python3" : null;
}
