// A folder in the CIFAR-10 binary layout: several training batches, and a test batch.

using System.Globalization;
using System.Runtime.ExceptionServices;

namespace Memo.Data.Formats;

/// <summary>
/// Files data_batch_K.bin in the order of K, and any test_batch*.bin, each plain or with .gz behind it. Rows are
/// numbered through the batches of a part.
/// </summary>
internal static class CifarFolder
{
    /// <summary>Whether any batch is there.</summary>
    public static bool IsPresent(string folder) =>
        Batches(folder, DataPart.Train).Length > 0 || Batches(folder, DataPart.Test).Length > 0;

    /// <summary>Reads one part, its files in parallel, straight into one array.</summary>
    public static Dataset Read(string folder, DataPart part, string source, MemoryBudget budget)
    {
        string[] files = Batches(folder, part);
        if (files.Length == 0)
            throw new FileFormatException(folder, part == DataPart.Test
                ? "no test_batch*.bin, plain or .gz, in this folder; its test part cannot be read"
                : "no data_batch_*.bin, plain or .gz, in this folder; its training part cannot be read");

        var contents = new ContentReader[files.Length];
        try
        {
            var firstRow = new long[files.Length + 1];
            for (int k = 0; k < files.Length; k++)
            {
                contents[k] = InputFile.Open(files[k], budget);
                firstRow[k + 1] = firstRow[k] + CifarReader.CountRecords(contents[k]);
            }
            byte[] pixels = budget.Allocate<byte>(source, firstRow[^1], CifarReader.Pixels);
            var values = new byte[firstRow[^1]];
            ReadInParallel(contents, firstRow, values, pixels);
            (int[] labels, ClassList classes) = LabelEncoding.FromBytes(values);
            return new Dataset(new SampleMatrix<byte>(pixels, values.Length, CifarReader.Pixels), labels, classes,
                source);
        }
        finally
        {
            foreach (ContentReader? content in contents) content?.Dispose();
        }
    }

    private static void ReadInParallel(ContentReader[] contents, long[] firstRow, byte[] labels, byte[] pixels)
    {
        // The first file at fault is named, whichever thread noticed first.
        var faults = new Exception?[contents.Length];
        Parallel.For(0, contents.Length, k =>
        {
            int first = (int)firstRow[k], count = (int)(firstRow[k + 1] - firstRow[k]);
            try
            {
                CifarReader.ReadRecords(contents[k], labels.AsSpan(first, count),
                    pixels.AsSpan(first * CifarReader.Pixels, count * CifarReader.Pixels));
            }
            catch (MemoException fault)
            {
                faults[k] = fault;
            }
        });
        if (Array.Find(faults, fault => fault is not null) is { } earliest) ExceptionDispatchInfo.Throw(earliest);
    }

    // In the order of the number in the name, then of the name; of a batch that is there twice, the plain file.
    private static string[] Batches(string folder, DataPart part)
    {
        string prefix = part == DataPart.Test ? "test_batch" : "data_batch_";
        var byStem = new SortedDictionary<(int Number, string Stem), string>();
        foreach (string path in Directory.EnumerateFiles(folder, prefix + "*").Order(StringComparer.Ordinal).Reverse())
        {
            string name = Path.GetFileName(path);
            string stem = name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name;
            if (!stem.EndsWith(".bin", StringComparison.Ordinal)) continue;
            int.TryParse(stem.AsSpan(prefix.Length, stem.Length - prefix.Length - 4), NumberStyles.None,
                CultureInfo.InvariantCulture, out int number);
            byStem[(number, stem)] = path; // in descending order, so that the plain file comes after its .gz
        }
        return [.. byStem.Values];
    }
}
