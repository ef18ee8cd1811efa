// The binary version of CIFAR-10 (A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009).

namespace Memo.Data.Formats;

/// <summary>
/// Records of 3073 bytes: the label, 0 to 9, then 3072 pixels, the red, the green and the blue plane of 32 x 32 each.
/// </summary>
internal static class CifarReader
{
    /// <summary>Features of an image.</summary>
    public const int Pixels = 3072;

    /// <summary>Bytes of a record.</summary>
    public const int RecordLength = 1 + Pixels;

    /// <summary>
    /// Number of records that the content's claimed length makes; a length that is no multiple is an error.
    /// </summary>
    public static int CountRecords(ContentReader content)
    {
        (long records, long rest) = Math.DivRem(content.ClaimedLength, RecordLength);
        if (rest != 0 || records == 0)
            throw content.Error($"holds {content.ClaimedLength} bytes, which is no multiple of {RecordLength}, " +
                "the length of a CIFAR-10 record", records * RecordLength);
        if (records > Array.MaxLength)
            throw content.Error($"holds {records} records, more than one array can hold; use fewer samples", 0);
        return (int)records;
    }

    /// <summary>Reads labels.Length records, and nothing may follow them; pixels has 3072 bytes for each.</summary>
    public static void ReadRecords(ContentReader content, Span<byte> labels, Span<byte> pixels)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            long offset = content.Offset;
            content.ReadExactly(labels.Slice(i, 1), $"record {i}");
            if (labels[i] > 9)
                throw content.Error($"record {i} has label {labels[i]}, above 9; is this the binary version of " +
                    "CIFAR-10?", offset);
            content.ReadExactly(pixels.Slice(i * Pixels, Pixels), $"record {i}");
        }
        content.ExpectEnd("the last record");
    }
}
