namespace Memo.Tests;

/// <summary>A machine without OpenSSL: the runtime would abort, so the program says what is missing, where it is needed.</summary>
public sealed class OpenSslTests
{
    [Fact]
    public void Its_absence_is_told_where_it_is_needed_and_no_matter_elsewhere()
    {
        using var folder = new TemporaryFolder();
        folder.Memo("build", "--data", "digits", "-o", "net.memo").Exits(0);
        // The dynamic loader finds these first, and nothing in them.
        using var libraries = new TemporaryFolder();
        foreach (string version in new[] { "3", "1.1", "1.0.2", "1.0.0", "10" }) libraries.Write($"libssl.so.{version}", "");
        Dictionary<string, string?> environment = new() { ["LD_LIBRARY_PATH"] = libraries.Path, ["CLR_OPENSSL_VERSION_OVERRIDE"] = null };
        ProgramResult Run(params string[] arguments) => MemoProgram.RunIn(folder.Path, environment, arguments);

        Run("build", "--data", "digits", "-o", "other.memo").Refuses(2, "OpenSSL", "install");
        Run("verify", "net.memo", "--data", "digits").Refuses(2, "OpenSSL", "install");
        Run("data", "fetch", "mnist", "--folder", "mnist", "--source", "http://127.0.0.1:1/").Refuses(2, "OpenSSL", "install");
        Assert.Equal(["net.memo"], folder.Names);
        Run("pairs", "--per-class", "5").Exits(0);
        Run("build", "--data", "digits").Exits(0);
        Run("generate", "moons", "-o", "moons.npz").Exits(0);
    }
}
