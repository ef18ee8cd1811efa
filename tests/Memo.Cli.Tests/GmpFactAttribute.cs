namespace Memo.Tests;

/// <summary>A test that compiles against GMP from Python with NumPy; skipped, saying so, where something is missing.</summary>
public sealed class GmpFactAttribute : FactAttribute
{
    public GmpFactAttribute()
    {
        if (PythonFactAttribute.Interpreter("numpy") is null) Skip = "no python3 with numpy; Debian: apt install python3-numpy";
        else if (!Directory.Exists("/usr/include") || !Directory.EnumerateFiles("/usr/include", "gmp.h",
                     new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Any())
            Skip = "no GMP; Debian: apt install libgmp-dev";
    }
}
