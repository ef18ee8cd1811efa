using System.Diagnostics;

namespace Memo.Tests;

/// <summary>Compiles a driver's stand-in from the C sources in a folder of tests/native, into out/test.</summary>
internal static class StandIn
{
    /// <summary>The library file; null where there is no C compiler.</summary>
    /// <param name="folder">The folder's name.</param>
    /// <param name="file">The library's name.</param>
    /// <param name="libraries">What it is linked to.</param>
    public static string? Compile(string folder, string file, params string[] libraries)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "memo-engine.sln"))) root = Path.GetDirectoryName(root);
        if (root is null || !OperatingSystem.IsLinux()) return null;
        string library = Path.Combine(root, "out", "test", folder, file), temporary = $"{library}.{Environment.ProcessId}";
        Directory.CreateDirectory(Path.GetDirectoryName(library)!);
        var start = new ProcessStartInfo("cc") { RedirectStandardError = true };
        foreach (string argument in new[] { "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden",
            $"-Wl,-soname,{file}", "-o", temporary }) start.ArgumentList.Add(argument);
        foreach (string source in Directory.GetFiles(Path.Combine(root, "tests", "native", folder), "*.c").Order(StringComparer.Ordinal))
            start.ArgumentList.Add(source);
        foreach (string each in libraries) start.ArgumentList.Add(each);
        try
        {
            using Process compiler = Process.Start(start)!;
            string errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            if (compiler.ExitCode != 0) throw new InvalidOperationException(errors);
        }
        catch (System.ComponentModel.Win32Exception) // no such program
        {
            return null;
        }
        File.Move(temporary, library, overwrite: true);
        return library;
    }
}
