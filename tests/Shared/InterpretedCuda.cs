using System.Diagnostics;

namespace Memo.Tests;

/// <summary>
/// The stand-in for CUDA's driver that interprets PTX (tests/native/cuda), compiled on first use; null where there is no C
/// compiler. It is chosen by the environment variable MEMO_CUDA_LIBRARY, and set by MEMO_FAKE_CUDA.
/// </summary>
internal static class InterpretedCuda
{
    private static readonly Lazy<string?> Compiled = new(Compile);

    /// <summary>The library file.</summary>
    public static string? Library => Compiled.Value;

    private static string? Compile()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "memo-engine.sln"))) root = Path.GetDirectoryName(root);
        if (root is null || !OperatingSystem.IsLinux()) return null;
        string folder = Path.Combine(root, "out", "test", "cuda"), library = Path.Combine(folder, "libcuda.so.1");
        string temporary = $"{library}.{Environment.ProcessId}";
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo("cc") { RedirectStandardError = true };
        foreach (string argument in new[] { "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden",
            "-Wl,-soname,libcuda.so.1", "-o", temporary }) start.ArgumentList.Add(argument);
        foreach (string source in Directory.GetFiles(Path.Combine(root, "tests", "native", "cuda"), "*.c").Order(StringComparer.Ordinal))
            start.ArgumentList.Add(source);
        start.ArgumentList.Add("-lm");
        start.ArgumentList.Add("-lpthread");
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
