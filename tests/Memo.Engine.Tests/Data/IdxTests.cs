using CsCheck;
using Memo.Data;
using Memo.Data.Formats;
using static Memo.Tests.Data.Bytes;

namespace Memo.Tests.Data;

public sealed class IdxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_and_labels_come_back_as_written_plain_and_packed() =>
        (from count in Gen.Int[1, 20]
         from height in Gen.Int[1, 5]
         from width in Gen.Int[1, 5]
         from pixels in Gen.Byte.Array[count * height * width]
         from labels in Gen.Byte.Array[count]
         from packed in Gen.Bool
         select (count, height, width, pixels, labels, packed)).Sample(image =>
        {
            byte[] images = Idx(8, [image.count, image.height, image.width], image.pixels),
                labels = Idx(8, [image.count], image.labels);
            SampleMatrix<byte> matrix = IdxReader.ReadImages(Reader(image.packed ? Gzip(images) : images));
            Assert.Equal((image.count, image.height * image.width), (matrix.Rows, matrix.Columns));
            Assert.Equal(image.pixels, matrix.Values.ToArray());
            Assert.Equal(image.labels, IdxReader.ReadLabels(Reader(image.packed ? Gzip(labels) : labels)));
        });

    [Theory]
    [InlineData("train-images-idx3-ubyte", "train-labels-idx1-ubyte", false)]
    [InlineData("train-images.idx3-ubyte", "train-labels.idx1-ubyte", false)]
    [InlineData("train-images-idx3-ubyte.gz", "train-labels.idx1-ubyte.gz", true)]
    public void Folder_is_read_under_each_of_its_names(string images, string labels, bool packed)
    {
        WritePart(images, labels, packed, [3, 1, 3]);
        Dataset data = DataReference.Parse(_folder.Path).Load(DataPart.Train);
        Assert.Equal(["3", "1", "3"], Names(data));
        Assert.Equal(["1", "3"], data.Classes);
        Assert.Equal([0, 1, 2], data.FileRows);
        Assert.Equal((3, 2), (data.Count, data.Dimension));
    }

    [Fact]
    public void Parts_are_read_apart_and_a_missing_one_is_named()
    {
        WritePart("train-images-idx3-ubyte", "train-labels-idx1-ubyte", false, [1, 2]);
        Refused(() => DataReference.Parse(_folder.Path).Load(DataPart.Test), "t10k-labels-idx1-ubyte", "test part");
        WritePart("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", false, [5]);
        Assert.True(DataReference.Parse(_folder.Path).HasParts);
        Assert.Equal(["5"], Names(DataReference.Parse(_folder.Path).Load(DataPart.Test)));
        Assert.Equal(2, DataReference.Parse(_folder.Path).Load(DataPart.Default).Count);
    }

    [Fact]
    public void Counts_that_differ_are_refused_with_both()
    {
        _folder.Write("train-images-idx3-ubyte", Idx(8, [3, 1, 1], [1, 2, 3]));
        _folder.Write("train-labels-idx1-ubyte", Idx(8, [2], [1, 2]));
        Refused(() => DataReference.Parse(_folder.Path).Load(DataPart.Train), "2 labels", "3 images",
            "train-labels-idx1-ubyte", "byte 4");
        Assert.Equal(3, DataReference.Parse(_folder.Path).LoadPoints(DataPart.Train).Rows);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] images = Idx(8, [4, 3, 2], new byte[24]), packed = Gzip(images);
        for (int length = 0; length < images.Length; length++) Refused(() =>
            IdxReader.ReadImages(Reader(images[..length])));
        for (int length = 0; length < packed.Length; length++) Refused(() =>
            IdxReader.ReadImages(Reader(packed[..length])));
    }

    [Fact]
    public void A_truncated_file_names_the_byte_where_it_ends()
    {
        FileFormatException fault = Refused(() =>
            IdxReader.ReadImages(Reader(Idx(8, [4, 3, 2], new byte[20]))), "20", "byte 16");
        Assert.Equal(16, fault.Position);
    }

    [Fact]
    public void Wrong_headers_are_refused_with_their_offset()
    {
        Refused(() => IdxReader.ReadImages(Reader([1, 2, 3, 4, 5, 6])), "magic number is 0x01020304", "0x00000803",
            "byte 0");
        Refused(() => IdxReader.ReadLabels(Reader([1, 2, 3, 4, 5, 6])), "0x00000801");
        Refused(() => IdxReader.ReadImages(Reader(Idx(0x0D, [1, 1, 1], new byte[4]))), "0x0D", "byte 2");
        Refused(() => IdxReader.ReadImages(Reader(Idx(8, [5], new byte[5]))), "labels");
        Refused(() => IdxReader.ReadLabels(Reader(Idx(8, [5, 1, 1], new byte[5]))), "images");
        Refused(() => IdxReader.ReadImages(Reader(Idx(8, [0, 2, 2], []))), "no images", "byte 4");
        Refused(() => IdxReader.ReadImages(Reader(Idx(8, [1, -2, 2], []))), "-2", "byte 8");
        Refused(() => IdxReader.ReadImages(Reader(Idx(8, [1, 2, 2], new byte[5]))), "more bytes follow", "byte 20");
        Refused(() => IdxReader.ReadImages(Reader([])), "empty");
    }

    [Fact]
    public void A_header_that_claims_more_than_the_file_can_hold_allocates_nothing()
    {
        Refused(() => IdxReader.ReadImages(Reader(Idx(8, [.. Enumerable.Repeat(int.MaxValue, 3)], []))), "announces");
        Refused(() => IdxReader.ReadImages(Reader(Idx(8, [1, 6, 6, 1], new byte[36]))), "magic number", "4 dimensions");
        Refused(() => IdxReader.ReadImages(Reader(Gzip(Idx(8, [int.MaxValue, 100, 100], [])))), "too short");
    }

    [Fact]
    public void More_than_the_memory_is_refused_before_it_is_allocated()
    {
        byte[] images = Idx(8, [1000, 10, 10], new byte[100_000]);
        var fault = Assert.Throws<MemoException>(() =>
            IdxReader.ReadImages(Reader(images, budget: new MemoryBudget(99_999))));
        Assert.Contains("GB are available; use fewer samples", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_gzip_is_refused()
    {
        byte[] packed = Gzip(Idx(8, [100, 10, 10], [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i * i >> 3))]));
        packed[packed.Length / 2] ^= 0x10;
        Refused(() => IdxReader.ReadImages(Reader(packed)));
        Refused(() => IdxReader.ReadImages(Reader([0, 0, 8, 3], "images.gz")), "gzip");
    }

    private void WritePart(string images, string labels, bool packed, byte[] values)
    {
        byte[] imageFile = Idx(8, [values.Length, 1, 2], new byte[2 * values.Length]),
            labelFile = Idx(8, [values.Length], values);
        _folder.Write(images, packed ? Gzip(imageFile) : imageFile);
        _folder.Write(labels, packed ? Gzip(labelFile) : labelFile);
    }
}
