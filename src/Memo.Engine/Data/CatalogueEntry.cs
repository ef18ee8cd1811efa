// One named data set.

using Memo.Data.Sources;

namespace Memo.Data;

/// <summary>A file as its publisher distributes it.</summary>
/// <param name="Name">Its name, to be appended to a source's address. A .tar.gz is unpacked after the download.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256, 64 lower-case hexadecimal digits; checked after the download.</param>
/// <param name="Md5">Its MD5 as the publisher prints it, for comparison by eye.</param>
internal sealed record CatalogueFile(string Name, long Bytes, string Sha256, string Md5);

/// <summary>What is known of a named data set.</summary>
internal sealed class CatalogueEntry
{
    internal CatalogueEntry(string name, string description, string shape) =>
        (Name, Description, Shape) = (name, description, shape);

    /// <summary>The name that references use.</summary>
    public string Name { get; }

    /// <summary>What the samples are.</summary>
    public string Description { get; }

    /// <summary>Training and test samples, dimension, element type and classes, for people.</summary>
    public string Shape { get; }

    /// <summary>What the classes 0, 1, .. show, in that order; empty where they name themselves.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Whom to cite.</summary>
    public required string Attribution { get; init; }

    /// <summary>The terms of use, as far as stated.</summary>
    public required string Licence { get; init; }

    /// <summary>The data set's page.</summary>
    public required Uri Homepage { get; init; }

    /// <summary>
    /// Addresses under which <see cref="Files"/> lie, in the order in which they are tried; all HTTPS.
    /// </summary>
    public IReadOnlyList<Uri> Sources { get; init; } = [];

    /// <summary>What <see cref="Fetch"/> downloads; empty for an embedded set.</summary>
    public IReadOnlyList<CatalogueFile> Files { get; init; } = [];

    /// <summary>Whether the set is part of the program, so that it need not be found.</summary>
    public bool IsEmbedded { get; init; }

    /// <summary>Folder in which <see cref="SystemPackage"/> installs the set, or null.</summary>
    public string? SystemFolder { get; init; }

    /// <summary>Package of Debian and its derivatives that holds the set, or null.</summary>
    public string? SystemPackage { get; init; }

    /// <summary>
    /// The user's folder for this set, where <see cref="Fetch"/> puts it: $XDG_CACHE_HOME or ~/.cache, then
    /// memo-engine/NAME.
    /// </summary>
    public string CacheFolder
    {
        get
        {
            string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            // The standard says to ignore relative paths.
            if (string.IsNullOrEmpty(cache) || !Path.IsPathFullyQualified(cache))
                cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.Combine(cache, "memo-engine", Name);
        }
    }

    /// <summary>
    /// The folders that are searched, in this order: $MEMO_DATA/NAME, <see cref="CacheFolder"/>,
    /// <see cref="SystemFolder"/>.
    /// </summary>
    public IReadOnlyList<string> SearchedFolders()
    {
        string? data = Environment.GetEnvironmentVariable("MEMO_DATA");
        IEnumerable<string?> folders =
            [string.IsNullOrEmpty(data) ? null : Path.Combine(data, Name), CacheFolder, SystemFolder];
        return [.. folders.OfType<string>()];
    }

    /// <summary>
    /// The first of <see cref="SearchedFolders"/> that holds files of the set's layout, or null; null for an embedded
    /// set.
    /// </summary>
    public string? Locate() => IsEmbedded ? null : SearchedFolders().FirstOrDefault(FolderSource.IsPresent);

    /// <summary>
    /// Downloads the set into <paramref name="folder"/> (default: <see cref="CacheFolder"/>) and returns that folder.
    /// Each file is checked against its SHA-256 before it gets its name; on failure or cancellation nothing is left
    /// behind. The sources are tried in turn.
    /// </summary>
    /// <param name="folder">Where the files shall lie; created when missing.</param>
    /// <param name="source">Another address under which the same files lie, ending in a slash; HTTPS, or HTTP on this
    /// machine.</param>
    /// <param name="progress">Receives the share of the bytes received, in [0, 1].</param>
    /// <param name="cancellation">Ends the download with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="MemoException">No source gave the files, a checksum is wrong, the folder cannot be written, or
    /// the set is embedded.</exception>
    public string Fetch(string? folder = null, Uri? source = null, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        if (IsEmbedded) throw new MemoException($"{Name} is part of the program; there is nothing to fetch");
        string target = Path.GetFullPath(folder ?? CacheFolder);
        new CatalogueDownload(this, target, progress, cancellation).Run(source is null ? Sources : [source]);
        return target;
    }

    internal MemoException NotFound()
    {
        string package = SystemPackage is null ? "" : $" or `apt-get install {SystemPackage}`";
        return new MemoException($"{Name} is not here: looked in {string.Join(", ", SearchedFolders())}\n" +
                                 $"get it with `memo data fetch {Name}`{package}, or set MEMO_DATA to the folder " +
                                 $"that has {Name}/ in it");
    }
}
