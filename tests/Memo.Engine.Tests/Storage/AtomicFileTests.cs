// A file appears whole or not at all, and a failure leaves nothing behind and nothing changed.
using System.Text;
using Memo.Storage;
using static Memo.Tests.Storage.StoredNetworks;

namespace Memo.Tests.Storage;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("memo-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string InFolder(string name) => Path.Combine(_folder, name);

    private void RequireOnly(params string[] names) =>
        Assert.Equal(names.Order(StringComparer.Ordinal),
            Directory.EnumerateFileSystemEntries(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));

    [Fact]
    public void A_network_is_saved_and_loaded()
    {
        NetworkFile.Save(InFolder("net.memo"), Small(), 3);
        Assert.Equal(3UL, NetworkFile.Load(InFolder("net.memo")).Seed);
        Assert.Equal(ToBytes(Small(), 3), File.ReadAllBytes(InFolder("net.memo")));
        RequireOnly("net.memo");
    }

    [Fact]
    public void An_existing_file_is_replaced()
    {
        File.WriteAllText(InFolder("net.memo"), new string('x', 100_000));
        NetworkFile.Save(InFolder("net.memo"), Small(), 4);
        Assert.Equal(4UL, NetworkFile.Load(InFolder("net.memo")).Seed);
        RequireOnly("net.memo");
    }

    [Fact]
    public void A_link_is_followed()
    {
        File.WriteAllText(InFolder("real"), "old");
        File.CreateSymbolicLink(InFolder("link"), InFolder("real"));
        AtomicFile.Write(InFolder("link"), stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(InFolder("real")));
        Assert.NotNull(new FileInfo(InFolder("link")).LinkTarget);
        RequireOnly("link", "real");
    }

    [Fact]
    public void A_write_error_leaves_the_old_file_and_no_other()
    {
        File.WriteAllText(InFolder("net.memo"), "old");
        var refusal = Assert.Throws<FileWriteException>(() => AtomicFile.Write(InFolder("net.memo"), stream =>
        {
            stream.Write(new byte[200_000]);
            throw new IOException("No space left on device");
        }));
        Assert.Contains("No space left", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(InFolder("net.memo")));
        RequireOnly("net.memo");
    }

    [Fact]
    public void An_interruption_leaves_nothing()
    {
        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(InFolder("net.memo"), stream =>
        {
            stream.Write(Encoding.ASCII.GetBytes("part"));
            throw new OperationCanceledException();
        }));
        RequireOnly();
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        var refusal = Assert.Throws<FileWriteException>(() => NetworkFile.Save(InFolder("missing/net.memo"), Small(), 0));
        Assert.Contains(InFolder("missing"), refusal.Message, StringComparison.Ordinal);
        RequireOnly();
    }

    [Fact]
    public void A_folder_is_not_overwritten()
    {
        Directory.CreateDirectory(InFolder("net.memo"));
        Assert.Contains("is a folder", Assert.Throws<FileWriteException>(() => NetworkFile.Save(InFolder("net.memo"), Small(), 0)).Message,
            StringComparison.Ordinal);
        Assert.Throws<FileWriteException>(() => NetworkFile.Save(InFolder("other/"), Small(), 0));
        RequireOnly("net.memo");
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/proc/self/net.memo")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_device_or_nonsense_is_not_a_place_for_a_file(string path)
    {
        Assert.Throws<FileWriteException>(() => NetworkFile.Save(path, Small(), 0));
        RequireOnly();
    }

    [Fact]
    public void What_cannot_be_opened_is_refused_with_its_path()
    {
        foreach (string path in new[] { InFolder("none.memo"), InFolder("no/such.memo"), _folder })
            Assert.StartsWith(path, Assert.Throws<FileFormatException>(() => NetworkFile.Load(path)).Message, StringComparison.Ordinal);
        Assert.Throws<FileFormatException>(() => NetworkFile.Load(""));
    }

    [Fact]
    public void An_empty_file_is_refused()
    {
        File.WriteAllBytes(InFolder("empty"), []);
        Assert.Contains("truncated", Assert.Throws<FileFormatException>(() => NetworkFile.Load(InFolder("empty"))).Message, StringComparison.Ordinal);
    }
}
