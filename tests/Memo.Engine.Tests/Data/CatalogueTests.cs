using System.Formats.Tar;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Memo.Data;
using static Memo.Tests.Data.Bytes;

namespace Memo.Tests.Data;

public sealed class CatalogueTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new();

    private static readonly (string Name, byte[] Content)[] Mnist =
    [
        ("train-images-idx3-ubyte.gz", Gzip(Idx(8, [2, 1, 2], [1, 2, 3, 4]))),
            ("train-labels-idx1-ubyte.gz", Gzip(Idx(8, [2], [7, 1]))),
        ("t10k-images-idx3-ubyte.gz", Gzip(Idx(8, [1, 1, 2], [5, 6]))),
            ("t10k-labels-idx1-ubyte.gz", Gzip(Idx(8, [1], [1]))),
    ];

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    private string Target => Path.Combine(_folder.Path, "sets", "small");

    private static CatalogueEntry Entry(params (string Name, byte[] Content)[] files) =>
        new("small", "for a test", "tiny")
    {
        Attribution = "nobody",
        Licence = "none",
        Homepage = new Uri("https://example.org/"),
        Files = [.. files.Select(file => new CatalogueFile(file.Name, file.Content.Length,
            Convert.ToHexStringLower(SHA256.HashData(file.Content)), ""))],
    };

    private void AssertNothingLeft()
    {
        Assert.False(Directory.Exists(Target));
        Assert.Empty(Directory.Exists(Path.GetDirectoryName(Target))
            ? Directory.GetFileSystemEntries(Path.GetDirectoryName(Target)!) : []);
    }

    [Fact]
    public void Files_are_fetched_checked_and_found()
    {
        foreach ((string name, byte[] content) in Mnist) _server.Files["/mirror/" + name] = content;
        var shares = new List<double>();
        var progress = new Immediate(shares.Add);
        Assert.Equal(Target, Entry(Mnist).Fetch(Target, new Uri(_server.Address, "mirror/"), progress));
        Assert.Equal(4, Directory.GetFiles(Target).Length);
        Assert.Equal(1, shares[^1]);
        Assert.Equal(shares.Order(), shares);
        Assert.Equal(["7", "1"], Names(DataReference.Parse(Target).Load(DataPart.Train)));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(Target)!));
        Assert.Equal(Target,
            Entry(Mnist).Fetch(Target, new Uri(_server.Address, "mirror/"))); // again, over the old files
    }

    [Fact]
    public void An_archive_is_unpacked_by_file_names_only()
    {
        byte[] record = [3, .. new byte[3072]];
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
            foreach (string name in (
                string[])["cifar/data_batch_1.bin", "../../escaped/test_batch.bin", "cifar/readme.html"])
                writer.WriteEntry(new UstarTarEntry(
                    TarEntryType.RegularFile, name) { DataStream = new MemoryStream(record) });
        byte[] archive = Gzip(tar.ToArray());
        _server.Files["/set.tar.gz"] = archive;
        Entry(("set.tar.gz", archive)).Fetch(Target, _server.Address);
        Assert.Equal(["data_batch_1.bin", "test_batch.bin"],
            Directory.GetFiles(Target).Select(Path.GetFileName).Order());
        Assert.Equal(["3"], Names(DataReference.Parse(Target).Load(DataPart.Test)));
    }

    [Fact]
    public void A_wrong_checksum_leaves_nothing_behind()
    {
        foreach ((string name, byte[] content) in Mnist) _server.Files["/" + name] = content;
        _server.Files["/" + Mnist[2].Name] = [.. Mnist[2].Content[..^1], (byte)(Mnist[2].Content[^1] ^ 1)];
        AssertFails("wrong checksum", "t10k-images-idx3-ubyte.gz");
        _server.Files["/" + Mnist[2].Name] = [.. Mnist[2].Content, 0];
        AssertFails("more than");
        _server.Files["/" + Mnist[2].Name] = Mnist[2].Content[..^1];
        AssertFails("instead of");
    }

    [Fact]
    public void A_missing_file_and_a_dead_server_leave_nothing_behind()
    {
        AssertFails("404", "train-images-idx3-ubyte.gz");
        _server.Dispose();
        AssertFails("could not be fetched", "127.0.0.1");
    }

    [Fact]
    public void The_next_source_is_tried_when_one_fails()
    {
        foreach ((string name, byte[] content) in Mnist) _server.Files["/good/" + name] = content;
        _server.Files["/bad/" + Mnist[0].Name] = Mnist[0].Content;
        new CatalogueDownload(Entry(Mnist), Target, null, default)
            .Run([new Uri(_server.Address, "bad/"), new Uri(_server.Address, "good/")]);
        Assert.Equal(4, Directory.GetFiles(Target).Length);
    }

    [Fact]
    public void Cancellation_leaves_nothing_behind()
    {
        foreach ((string name, byte[] content) in Mnist) _server.Files["/" + name] = content;
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Entry(Mnist).Fetch(Target, _server.Address, new Immediate(_ => cancellation.Cancel()), cancellation.Token));
        AssertNothingLeft();
    }

    [Fact]
    public void Only_https_is_spoken_beyond_this_machine()
    {
        var fault = Assert.Throws<MemoException>(() => Entry(Mnist).Fetch(Target, new Uri("http://example.org/")));
        Assert.Contains("https only", fault.Message, StringComparison.Ordinal);
        Assert.All(DataCatalogue.Entries.SelectMany(entry => entry.Sources), source =>
            Assert.Equal("https", source.Scheme));
        Assert.All(DataCatalogue.Entries.SelectMany(entry => entry.Sources), source =>
            Assert.EndsWith("/", source.AbsolutePath, StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_stored_is_a_message()
    {
        foreach ((string name, byte[] content) in Mnist) _server.Files["/" + name] = content;
        string file = _folder.Write("a-file", "");
        Assert.Throws<MemoException>(() => Entry(Mnist).Fetch(Path.Combine(file, "below"), _server.Address));
        Assert.Throws<MemoException>(() => DataCatalogue.Find("digits").Fetch());
    }

    [Fact]
    public void Entries_say_where_they_looked_and_how_to_get_them()
    {
        Assert.Equal(["digits", "mnist", "fashion-mnist", "cifar-10"], DataCatalogue.Entries.Select(entry =>
            entry.Name));
        Assert.Contains("digits, mnist", Assert.Throws<MemoException>(() => DataCatalogue.Find("iris")).Message,
            StringComparison.Ordinal);
        string message = DataCatalogue.Find("fashion-mnist").NotFound().Message;
        foreach (string piece in (string[])["/usr/share/datasets/fashion-mnist", "memo-engine", "memo data fetch " +
            "fashion-mnist", "apt-get install dataset-fashion-mnist"])
            Assert.Contains(piece, message, StringComparison.Ordinal);
        Assert.All(DataCatalogue.Entries.SelectMany(entry => entry.Files), file =>
            Assert.Matches("^[0-9a-f]{64}$", file.Sha256));
    }

    [Fact]
    public void A_set_is_located_only_where_its_files_are()
    {
        string system = Path.Combine(_folder.Path, "system");
        CatalogueEntry entry = new("a-set-that-nobody-has", "", "")
        {
            Attribution = "", Licence = "", Homepage = new Uri("https://example.org/"), SystemFolder = system,
        };
        Assert.Null(entry.Locate());
        Directory.CreateDirectory(system);
        Assert.Null(entry.Locate());
        File.WriteAllBytes(Path.Combine(system, "t10k-images.idx3-ubyte"), []);
        Assert.Equal(system, entry.Locate());
    }

    private void AssertFails(params string[] pieces)
    {
        var fault = Assert.Throws<MemoException>(() => Entry(Mnist).Fetch(Target, _server.Address));
        foreach (string piece in pieces) Assert.Contains(piece, fault.Message, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    // Progress<T> would report from another thread, later.
    private sealed class Immediate(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }

    /// <summary>Serves bytes over HTTP on a port of 127.0.0.1.</summary>
    private sealed class FileServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Dictionary<string, byte[]> Files { get; } = [];

        public Uri Address { get; }

        public FileServer()
        {
            _listener.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
            _ = Task.Run(Serve);
        }

        public void Dispose() => _listener.Dispose();

        private async Task Serve()
        {
            while (true)
            {
                TcpClient client;
                try
                {
                    client = await _listener.AcceptTcpClientAsync();
                }
                catch (Exception exception) when (
                    exception is SocketException or ObjectDisposedException or InvalidOperationException)
                {
                    return; // the test is over
                }
                using (client) await Answer(client.GetStream());
            }
        }

        private async Task Answer(NetworkStream stream)
        {
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            string[] request = (await reader.ReadLineAsync() ?? "").Split(' ');
            while (!string.IsNullOrEmpty(await reader.ReadLineAsync())) { }
            bool found = Files.TryGetValue(request[1], out byte[]? content);
            content ??= "nothing here"u8.ToArray();
            byte[] head = Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {(found ? "200 OK" : "404 Not Found")}\r\nContent-Length: " +
                    $"{content.Length}\r\nConnection: close\r\n\r\n");
            try
            {
                await stream.WriteAsync((byte[])[.. head, .. content]);
            }
            catch (IOException)
            {
                // the client had enough
            }
        }
    }
}
