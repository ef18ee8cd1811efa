using Memo.Data;

namespace Memo;

/// <summary>
/// A mistake in what the engine was given: bad usage, bad data, a damaged file. The message is one or two lines that
/// say what is wrong, where (file, row, byte offset) and what to do. A defect of the engine itself is never reported this
/// way.
/// </summary>
public class MemoException : Exception
{
    /// <summary>Creates an exception with a message meant for the user as it stands.</summary>
    internal MemoException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>
    /// What the caller can set to mend it, by the engine's name for it: <c>nameof(LoadOptions.PerClass)</c>; null where
    /// nothing can. A program that has a name of its own for that setting adds it to the message.
    /// </summary>
    public string? Setting
    {
        get => field ?? (InnerException as MemoException)?.Setting;
        internal init;
    }
}

/// <summary>A data or network file that cannot be read: missing, truncated, damaged or of another format.</summary>
public sealed class FileFormatException : MemoException
{
    /// <summary>The file at fault.</summary>
    public string Path { get; }

    /// <summary>Byte offset (in the decompressed content) or row at which the fault was seen, or null.</summary>
    public long? Position { get; }

    /// <summary>Creates the exception; <paramref name="problem"/> is appended to the path.</summary>
    internal FileFormatException(string path, string problem, long? position = null, Exception? inner = null)
        : base($"{path}: {problem}", inner) => (Path, Position) = (path, position);
}

/// <summary>A file that cannot be written: no folder, no permission, no room.</summary>
public sealed class FileWriteException : MemoException
{
    /// <summary>Creates an exception with a message meant for the user as it stands; it names the file.</summary>
    internal FileWriteException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>Two equal samples carry different labels, so no network can memorize the data (Definition 3.4).</summary>
public sealed class LabelConflictException : MemoException
{
    /// <summary>File row of the first of the two samples.</summary>
    public long FirstRow { get; }

    /// <summary>File row of the second of the two samples.</summary>
    public long SecondRow { get; }

    /// <summary>Creates the exception from the two rows, numbered as in the file, and their class names.</summary>
    internal LabelConflictException(string source, long firstRow, string firstLabel, long secondRow, string secondLabel)
        : base($"{source}: rows {firstRow} (label {firstLabel}) and {secondRow} (label {secondLabel}) are equal but " +
               "labelled differently, so no network can memorize both; drop such samples, or keep the majority's, to go on")
        => (FirstRow, SecondRow, Setting) = (firstRow, secondRow, nameof(OnConflict));
}
