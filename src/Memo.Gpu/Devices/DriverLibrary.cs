using System.Runtime.InteropServices;

namespace Memo.Gpu.Devices;

/// <summary>
/// A driver's library, found by its usual names or where an environment variable says. It stays loaded: drivers do not take
/// kindly to being unloaded.
/// </summary>
internal static class DriverLibrary
{
    /// <summary>The names to try, and what to do where none is there: the usual ones, or what the environment variable holds.</summary>
    public static string[] Names(string variable, string[] usual, string usualRemedy, out string remedy)
    {
        string? path = Environment.GetEnvironmentVariable(variable);
        remedy = string.IsNullOrEmpty(path) ? usualRemedy : $"{variable} names it";
        return string.IsNullOrEmpty(path) ? usual : [path];
    }

    /// <summary>Loads the first of the names that is there; 0 and a line that says what is missing where none is.</summary>
    public static nint Load(string[] names, string api, string remedy, out string? problem)
    {
        problem = null;
        foreach (string name in names)
            if (NativeLibrary.TryLoad(name, out nint library))
                return library;
        problem = $"{api}: no driver: {names[0]} cannot be loaded ({remedy})";
        return 0;
    }
}
