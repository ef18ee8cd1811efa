using Memo.Data;
using static Memo.Tests.Data.Bytes;

namespace Memo.Tests.Data;

public sealed class CifarTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static byte[] Records(params byte[] labels) =>
        [.. labels.SelectMany((label, i) =>
            (byte[])[label, .. Enumerable.Range(0, 3072).Select(k => (byte)(label * 7 + i + k))])];

    [Fact]
    public void Batches_are_joined_in_numeric_order_plain_and_packed()
    {
        _folder.Write("data_batch_10.bin", Records(9, 8));
        _folder.Write("data_batch_2.bin.gz", Gzip(Records(5, 5, 1)));
        _folder.Write("data_batch_1.bin", Records(3));
        _folder.Write("data_batch_1.bin.gz", "never opened"u8);
        _folder.Write("test_batch_first.bin", Records(0, 3));
        _folder.Write("batches.meta.txt", "airplane"u8);
        Dataset data = DataReference.Parse(_folder.Path).Load(DataPart.Train);
        Assert.Equal(["3", "5", "5", "1", "9", "8"], Names(data));
        Assert.Equal([0, 1, 2, 3, 4, 5], data.FileRows);
        byte[] expected = [.. Records(3).Skip(1), .. Records(5, 5, 1).Chunk(3073).SelectMany(r => r.Skip(1)),
            .. Records(9, 8).Chunk(3073).SelectMany(r => r.Skip(1))];
        Assert.Equal(expected, ((SampleMatrix<byte>)data.Points).Values.ToArray());
        Assert.Equal(["0", "3"], Names(DataReference.Parse(_folder.Path).Load(DataPart.Test)));
    }

    [Fact]
    public void A_size_that_is_no_multiple_of_a_record_is_refused()
    {
        _folder.Write("data_batch_1.bin", Records(1, 2).AsSpan(0, 6145));
        FileFormatException fault = Refused(() => Load(), "data_batch_1.bin", "6145 bytes", "3073", "byte 3073");
        Assert.Equal(3073, fault.Position);
    }

    [Fact]
    public void A_label_above_nine_is_refused_with_its_offset()
    {
        _folder.Write("data_batch_1.bin", Records(1, 10));
        Refused(() => Load(), "record 1", "label 10", "byte 3073");
    }

    [Fact]
    public void Of_several_faulty_files_the_first_is_named()
    {
        foreach (int k in (int[])[1, 2, 3, 4]) _folder.Write(
            $"data_batch_{k}.bin", Records(1, k == 1 ? (byte)1 : (byte)77));
        Refused(() => Load(), "data_batch_2.bin");
    }

    [Fact]
    public void Every_kind_of_truncated_gzip_is_refused()
    {
        byte[] packed = Gzip(Records(1, 2));
        for (int length = 0; length < packed.Length; length += 7)
        {
            _folder.Write("data_batch_1.bin.gz", packed.AsSpan(0, length));
            Refused(() => Load(), "data_batch_1.bin.gz");
        }
    }

    [Fact]
    public void A_folder_without_a_part_or_without_anything_is_refused()
    {
        Refused(() => Load(), "neither MNIST files", "nor CIFAR-10");
        _folder.Write("test_batch.bin", Records(1));
        Refused(() => Load(), "data_batch_");
    }

    private Dataset Load() => DataReference.Parse(_folder.Path).Load(DataPart.Train);
}
