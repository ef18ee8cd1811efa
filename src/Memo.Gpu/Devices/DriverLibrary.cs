using System.Runtime.InteropServices;

namespace Memo.Gpu.Devices;

/// <summary>
/// A driver's library, found by its usual names or where an environment variable says. It stays loaded: drivers do not take
/// kindly to being unloaded.
/// </summary>
internal static class DriverLibrary
{
    /// <summary>Loads the first of the names that is there; 0 and a line that says what is missing where none is.</summary>
    public static nint Load(string variable, string[] names, string api, string remedy, out string? problem)
    {
        problem = null;
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path) names = [path];
        foreach (string name in names)
            if (NativeLibrary.TryLoad(name, out nint library))
                return library;
        problem = $"{api}: no driver: {names[0]} cannot be loaded ({remedy})";
        return 0;
    }
}
