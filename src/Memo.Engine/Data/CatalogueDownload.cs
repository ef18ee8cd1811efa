// Fetches a named data set: download, checksum, unpacking, and only then the final names.

using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using Memo.Data.Sources;

namespace Memo.Data;

/// <summary>One download of a catalogue entry into a folder.</summary>
internal sealed class CatalogueDownload(
    CatalogueEntry entry, string target, IProgress<double>? progress, CancellationToken cancellation)
{
    // A connection that brings nothing for this long is given up.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Downloads from the first source that has the files.</summary>
    public void Run(IReadOnlyList<Uri> sources)
    {
        foreach (Uri source in sources)
            if (source.Scheme != Uri.UriSchemeHttps && !(source.Scheme == Uri.UriSchemeHttp && source.IsLoopback))
                throw new MemoException($"{source}: data sets are fetched over https only");

        string staging = $"{target}.{RandomNumberGenerator.GetHexString(12, lowercase: true)}.part";
        try
        {
            Directory.CreateDirectory(staging);
            Download(sources, staging);
            Unpack(staging);
            if (!FolderSource.IsPresent(staging))
                throw new MemoException($"{entry.Name}: what was downloaded does not hold the expected files; " +
                    "nothing was kept");
            Directory.CreateDirectory(target);
            foreach (string file in Directory.EnumerateFiles(staging))
                File.Move(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new MemoException($"{entry.Name}: cannot be stored in {target}: {exception.Message}", exception);
        }
        finally
        {
            if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
        }
    }

    private void Download(IReadOnlyList<Uri> sources, string staging)
    {
        using var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = Patience });
        client.Timeout = Timeout.InfiniteTimeSpan; // Patience decides
        var faults = new List<string>();
        foreach (Uri source in sources)
            try
            {
                long before = 0;
                foreach (CatalogueFile file in entry.Files)
                {
                    string path = Path.Combine(staging, file.Name);
                    File.Delete(path); // from a source that failed
                    DownloadFile(client, new Uri(source, file.Name), file, path, before).GetAwaiter().GetResult();
                    before += file.Bytes;
                }
                return;
            }
            catch (DownloadFault fault)
            {
                faults.Add(fault.Message);
            }
        throw new MemoException($"{entry.Name} could not be fetched: {string.Join("; ", faults)}");
    }

    private async Task DownloadFile(HttpClient client, Uri address, CatalogueFile file, string path, long before)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            using HttpResponseMessage response =
                await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, patience.Token)
                    .ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new DownloadFault($"{address}: the server answered {(int)response.StatusCode} " +
                    $"({response.StatusCode})");
            using Stream body = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            await Receive(body, address, file, path, before, patience).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw new DownloadFault($"{address}: {exception.GetBaseException().Message}", exception);
        }
        catch (HttpIOException exception)
        {
            throw new DownloadFault($"{address}: {exception.GetBaseException().Message}", exception);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new DownloadFault($"{address}: nothing came for {Patience.TotalSeconds} s", exception);
        }
    }

    private async Task Receive(
        Stream body, Uri address, CatalogueFile file, string path, long before, CancellationTokenSource patience)
    {
        long total = entry.Files.Sum(each => each.Bytes), received = 0;
        using var checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var output = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        var buffer = new byte[1 << 16];
        int count;
        while ((count = await body.ReadAsync(buffer, patience.Token).ConfigureAwait(false)) > 0)
        {
            patience.CancelAfter(Patience);
            received += count;
            if (received > file.Bytes) break;
            checksum.AppendData(buffer, 0, count);
            await output.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            progress?.Report((double)(before + received) / total);
        }
        if (received != file.Bytes)
        {
            string found = received > file.Bytes ? "more than" : $"{received} bytes instead of";
            throw new DownloadFault($"{address}: gave {found} {file.Bytes} bytes; it is not the expected file");
        }
        string digest = Convert.ToHexStringLower(checksum.GetHashAndReset());
        if (digest != file.Sha256)
            throw new DownloadFault($"{address}: wrong checksum (SHA-256 {digest}, expected {file.Sha256}); " +
                                    "the file is damaged or another one");
    }

    // Only the files themselves, by their names without folders, so that no archive can write elsewhere.
    private void Unpack(string staging)
    {
        foreach (string archive in Directory.GetFiles(staging, "*.tar.gz"))
        {
            using (var stream = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress))
            using (var tar = new TarReader(stream))
                while (tar.GetNextEntry() is { } member)
                {
                    cancellation.ThrowIfCancellationRequested();
                    string name = Path.GetFileName(member.Name);
                    bool isFile = member.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile;
                    if (isFile && name.EndsWith(".bin", StringComparison.Ordinal))
                        member.ExtractToFile(Path.Combine(staging, name), overwrite: false);
                }
            File.Delete(archive);
        }
    }

    private sealed class DownloadFault(string message, Exception? inner = null) : Exception(message, inner);
}
