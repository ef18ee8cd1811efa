// The runtime computes SHA-256 and TLS with the system's OpenSSL, loads it at the first use, and aborts the process where
// it is absent. So it is looked for before.
using System.Runtime.InteropServices;

namespace Memo;

/// <summary>The system's OpenSSL, which is needed for network files and for downloads, and for nothing else.</summary>
internal static class OpenSsl
{
    // What the runtime tries, in its order, after the version that CLR_OPENSSL_VERSION_OVERRIDE names.
    private static readonly string[] Versions = ["3", "1.1", "1.0.2", "1.0.0", "10"];

    private static readonly Lazy<bool> Present = new(Find);

    /// <summary>Returns if OpenSSL is there. Milliseconds the first time, as the library is loaded.</summary>
    /// <param name="purpose">What it is needed for, as the message says it.</param>
    /// <exception cref="MemoException">It is not installed.</exception>
    public static void Require(string purpose)
    {
        if (!Present.Value)
            throw new MemoException($"{purpose} needs OpenSSL (libssl.so.3), which is not here; install the package openssl");
    }

    private static bool Find()
    {
        if (!OperatingSystem.IsLinux()) return true; // the runtime uses what the system itself has
        string? asked = Environment.GetEnvironmentVariable("CLR_OPENSSL_VERSION_OVERRIDE");
        IEnumerable<string> versions = string.IsNullOrEmpty(asked) ? Versions : Versions.Prepend(asked);
        return versions.Any(version => NativeLibrary.TryLoad($"libssl.so.{version}", out _));
    }
}
