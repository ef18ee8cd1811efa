// A file that appears whole or not at all: written under a temporary name beside its place, flushed, then renamed.

namespace Memo;

/// <summary>Writes files so that nobody ever sees a part of one, and an older one stays until the new is complete.</summary>
internal static class AtomicFile
{
    private static readonly Lock s_gate = new();
    private static readonly HashSet<string> s_pending = [];
    private static bool s_abandoned;

    /// <summary>
    /// Deletes the temporary files of all writes that are under way, on whatever thread, and lets no write be begun or
    /// completed from now on: for a process that is about to end. A file is complete, or it never was.
    /// </summary>
    public static void AbandonAll()
    {
        lock (s_gate)
        {
            s_abandoned = true;
            foreach (string temporary in s_pending) DeleteTemporary(temporary);
            s_pending.Clear();
        }
    }

    /// <summary>
    /// Lets <paramref name="write"/> fill a temporary file in the folder of <paramref name="path"/>, flushes it to the
    /// disk and renames it, replacing an existing file. When anything fails the temporary file is deleted and what
    /// stood at <paramref name="path"/> is untouched.
    /// </summary>
    /// <param name="path">Where the file shall be; a symbolic link is followed.</param>
    /// <param name="write">Writes the content; the stream can seek.</param>
    /// <exception cref="FileWriteException">No such folder, a folder or a device in its place, or writing failed.</exception>
    /// <exception cref="OperationCanceledException">After <see cref="AbandonAll"/>.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Attempt(path, (temporary, target) =>
        {
            using (FileStream stream = Begin(temporary))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            Complete(temporary, target);
        });
    }

    /// <summary>
    /// Throws where <see cref="Write"/> would, by writing and deleting an empty temporary file: for work whose result must not
    /// be lost for want of a place to put it.
    /// </summary>
    /// <param name="path">Where a file shall be later; what stands there is untouched.</param>
    /// <exception cref="FileWriteException">No such folder, a folder or a device in its place, or no permission.</exception>
    public static void RequireWritable(string path) => Attempt(path, (temporary, _) => Begin(temporary).Dispose());

    // The temporary file does not outlast it, and what the system says becomes a message that names the path.
    private static void Attempt(string path, Action<string, string> write)
    {
        string? temporary = null;
        try
        {
            string target = Resolve(path);
            temporary = Path.Combine(Path.GetDirectoryName(target)!, $".memo-{Path.GetRandomFileName()}.tmp");
            write(temporary, target);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new FileWriteException($"{path}: no permission to write there; choose another place", exception);
        }
        catch (IOException exception)
        {
            throw new FileWriteException($"{path}: cannot be written ({exception.Message})", exception);
        }
        finally
        {
            if (temporary is not null) Forget(temporary);
        }
    }

    private static string Resolve(string path)
    {
        if (string.IsNullOrEmpty(path) || path.Contains('\0', StringComparison.Ordinal))
            throw new FileWriteException($"'{path?.Replace('\0', '?')}' is not a file name");
        string target = Path.GetFullPath(path);
        if (File.Exists(target) && File.ResolveLinkTarget(target, returnFinalTarget: true) is { } linked)
            target = linked.FullName;
        if (Directory.Exists(target) || Path.EndsInDirectorySeparator(target))
            throw new FileWriteException($"{path}: is a folder; name a file in it");
        // A rename would put an ordinary file in the place of the device.
        if (IsIn("/proc/") || (IsIn("/dev/") && !IsIn("/dev/shm/")))
            throw new FileWriteException($"{path}: is a device, and the file is written under another name first; " +
                                    "name an ordinary file");
        string folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
            throw new FileWriteException($"{path}: there is no folder {folder}; create it first");
        return target;

        bool IsIn(string parent) => target.StartsWith(parent, StringComparison.Ordinal);
    }

    private static FileStream Begin(string temporary)
    {
        lock (s_gate)
        {
            if (s_abandoned) throw new OperationCanceledException();
            var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
            s_pending.Add(temporary);
            return stream;
        }
    }

    private static void Complete(string temporary, string target)
    {
        lock (s_gate)
        {
            if (s_abandoned) throw new OperationCanceledException();
            File.Move(temporary, target, overwrite: true);
            s_pending.Remove(temporary);
        }
    }

    private static void Forget(string temporary)
    {
        lock (s_gate)
        {
            DeleteTemporary(temporary);
            s_pending.Remove(temporary);
        }
    }

    private static void DeleteTemporary(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report; a folder that is gone or read-only leaves nothing to add.
        }
    }
}
