using CsCheck;
using Memo.Data;
using Memo.Data.Formats;
using static Memo.Tests.Data.Bytes;

namespace Memo.Tests.Data;

public sealed class NpyTests
{
    private static SampleMatrix Read(byte[] content) => NpyReader.ReadMatrix(Reader(content));

    private static byte[] Encode(string type, double value) => type switch
    {
        "u1" => [(byte)value],
        "i1" => [(byte)(sbyte)value],
        "i2" => BitConverter.GetBytes((short)value),
        "u2" => BitConverter.GetBytes((ushort)value),
        "i4" => BitConverter.GetBytes((int)value),
        "u4" => BitConverter.GetBytes((uint)value),
        "i8" => BitConverter.GetBytes((long)value),
        "u8" => BitConverter.GetBytes((ulong)value),
        "f4" => BitConverter.GetBytes((float)value),
        _ => BitConverter.GetBytes(value),
    };

    // Any type, byte order, memory order, version and number of dimensions: the matrix has at (i0, column) what stands
    // at the index (i0, i1, ..) of the array, the column counting i1, .. with the last fastest.
    [Fact]
    public void Every_layout_gives_the_same_matrix() =>
        (from type in Gen.OneOf("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8")
         from shape in Gen.Int[1, 4].Array[2, 4]
         from bytes in Gen.Bool
         from values in (bytes || type == "u1" ? Gen.Int[0, 255] : type[0] == 'u' ? Gen.Int[0, 60_000] : type == "i1"
             ? Gen.Int[-128, 127] : Gen.Int[-30_000, 30_000])
             .Array[shape.Aggregate(1, (a, b) => a * b)]
         from bigEndian in Gen.Bool
         from fortran in Gen.Bool
         from version in Gen.Int[1, 3]
         select (type, shape, values, bigEndian, fortran, version)).Sample(x =>
        {
            int columns = x.values.Length / x.shape[0];
            double[] array = [.. x.values.Select(value =>
                x.type == "i1" && value > 127 ? value - 128.0 : value)]; // in C order
            double[] stored = array;
            if (x.fortran)
            {
                stored = new double[array.Length];
                for (int i = 0; i < array.Length; i++)
                {
                    var index = new int[x.shape.Length];
                    for (int k = x.shape.Length - 1, rest = i; k >= 0; rest /= x.shape[k--]) index[k] =
                        rest % x.shape[k];
                    int place = 0;
                    for (int k = x.shape.Length - 1; k >= 0; k--) place = place * x.shape[k] + index[k];
                    stored[place] = array[i];
                }
            }
            byte[] data = [.. stored.SelectMany(value =>
                x.bigEndian ? Encode(x.type, value).Reverse() : Encode(x.type, value))];
            SampleMatrix matrix =
                Read(Npy((x.type.EndsWith('1') ? "|" : x.bigEndian ? ">" : "<") + x.type, x.fortran, x.shape, data,
                    x.version));
            Assert.Equal((x.shape[0], columns), (matrix.Rows, matrix.Columns));
            Assert.Equal(array, Values(matrix));
            Assert.Equal(x.type == "f4" ? ElementType.Float32 : x.type == "f8" ? ElementType.Float64
                : array.All(value => value is >= 0 and <= 255) ? ElementType.UInt8 : ElementType.Float64,
                    matrix.ElementType);
        });

    [Fact]
    public void Header_may_be_written_in_any_order_and_spacing()
    {
        byte[] content = Npy("{ \"shape\":(2,1L) ,'fortran_order' : False,\t'descr':\"|b1\"}   ", [1, 0]);
        Assert.Equal([1.0, 0.0], Values(Read(content)));
    }

    [Fact]
    public void Integers_that_float64_cannot_hold_are_refused()
    {
        Assert.Equal([9007199254740992.0], Values(Read(Npy("<i8", false, [1, 1], BitConverter.GetBytes(1L << 53)))));
        Refused(() => Read(Npy("<i8", false, [1, 1], BitConverter.GetBytes((1L << 53) + 1))), "9007199254740993",
            "exactly");
        Refused(() => Read(Npy("<i8", false, [1, 1], BitConverter.GetBytes(long.MaxValue))), "exactly");
        Refused(() => Read(Npy("<u8", false, [1, 1], BitConverter.GetBytes(ulong.MaxValue))), "exactly");
        Assert.Equal([Math.ScaleB(1, 63)], Values(Read(Npy("<u8", false, [1, 1], BitConverter.GetBytes(1UL << 63)))));
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "infinity")]
    [InlineData(double.NegativeInfinity, "infinity")]
    public void Values_that_are_not_finite_are_refused_by_row_and_column(double value, string name)
    {
        for (int place = 0; place < 35; place++)
        {
            var values = new double[35];
            values[place] = value;
            byte[] wide = [.. values.SelectMany(BitConverter.GetBytes)],
                narrow = [.. values.SelectMany(v => BitConverter.GetBytes((float)v))];
            string expected = $"row {place / 7}, column {place % 7}: {name}";
            Assert.Equal(place / 7, Refused(() => Read(Npy("<f8", false, [5, 7], wide)), expected).Position);
            Refused(() => Read(Npy("<f4", false, [5, 7], narrow)), expected);
            Refused(() => Read(Npy("<f4", true, [7, 5], narrow)), $"row {place % 7}, column {place / 7}: {name}");
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] content = Npy("<f4", false, [3, 2], new byte[24]);
        for (int length = 0; length < content.Length; length++) Refused(() => Read(content[..length]));
        Refused(() => Read([.. content, 0]), "more bytes follow");
    }

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "reshape")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", "reshape")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 5), }", "empty")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }",
        "announces")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999, 1), }", "tuple of integers")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 1), }", "tuple of integers")]
    [InlineData("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 1), }", "float16")]
    [InlineData("{'descr': '<c16', 'fortran_order': False, 'shape': (1, 1), }", "complex128")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1, 1), }", "object")]
    [InlineData("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1, 1), }", "M8[ns]")]
    [InlineData("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1, 1), }", "structured")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, }", "no 'shape'")]
    [InlineData("{'descr': '<f8', 'shape': (1, 1), 'extra': 1}", "extra")]
    [InlineData("{'descr': '<f8', 'descr': '<f8'", "descr")]
    [InlineData("{'descr': '<f8", "does not end")]
    [InlineData("{'descr': '<f8', 'fortran_order': Maybe, 'shape': (1, 1)}", "True nor False")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1)} x", "behind")]
    [InlineData("", "'{' was expected")]
    public void Damaged_or_foreign_headers_are_refused(string header, string piece) =>
        Refused(() => Read(Npy(header, new byte[16])), piece);

    [Fact]
    public void Foreign_files_and_versions_are_refused()
    {
        Refused(() => Read([.. "PK rather than an array"u8]), "0x93", "byte 0");
        Refused(() => Read(Npy("<f8", false, [1, 1], new byte[8], version: 4)), "version 4", "byte 6");
        byte[] longHeader = Npy("<f8", false, [1, 1], new byte[8], version: 2);
        longHeader[11] = 0x7F; // a header of 2 GB
        Refused(() => Read(longHeader), "claims");
    }

    [Fact]
    public void Labels_of_any_integer_type_become_classes_in_ascending_order()
    {
        foreach (string type in (string[])["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"])
        {
            double low = type[0] == 'u' ? 2 : -2;
            byte[] data = [.. ((double[])[7, low, 10]).SelectMany(value => Encode(type, value))];
            (int[] labels, ClassList classes) = NpyReader.ReadLabels(Reader(Npy("<" + type, false, [3], data)));
            Assert.Equal([low == 2 ? "2" : "-2", "7", "10"], classes);
            Assert.Equal([1, 0, 2], labels);
        }
    }

    [Fact]
    public void Labels_may_be_strings()
    {
        byte[] unicode = [.. "cat\0"u8.ToArray().SelectMany(b => (byte[])[b, 0, 0, 0]), 0xF6, 0, 0, 0, 0x00, 0xF6,
            0x01, 0, .. new byte[8]];
        (int[] labels, ClassList classes) = NpyReader.ReadLabels(Reader(Npy("<U4", false, [2, 1], unicode)));
        Assert.Equal(["cat", "\u00f6\U0001F600"], classes);
        Assert.Equal([0, 1], labels);
        Assert.Equal(["-1", "2"], NpyReader.ReadLabels(Reader(Npy("|S2", false, [3], [.. "2\0-1+2"u8]))).Classes);
        Refused(() => NpyReader.ReadLabels(Reader(Npy("<U1", false, [1], [0, 0xD8, 0, 0]))), "label 0");
        Refused(() => NpyReader.ReadLabels(Reader(Npy("|S1", false, [1], [0xFF]))), "label 0");
        Refused(() => NpyReader.ReadLabels(Reader(Npy("<U0", false, [1_000_000_000], []))), "labels");
        Assert.Equal(["-3", "7"], NpyReader.ReadLabels(Reader(Npy("<f8", false, [2],
            [.. BitConverter.GetBytes(7.0), .. BitConverter.GetBytes(-3.0)]))).Classes);
        foreach (double value in new[] { 0.5, double.NaN, double.NegativeInfinity, 1e300 })
            Refused(() => NpyReader.ReadLabels(Reader(Npy("<f8", false, [1], BitConverter.GetBytes(value)))), "label 0");
        Refused(() => NpyReader.ReadLabels(Reader(Npy("<i4", false, [2, 2], new byte[16]))), "(2, 2)");
        Refused(() => NpyReader.ReadLabels(Reader(Npy("<u8", false, [1], BitConverter.GetBytes(ulong.MaxValue)))),
            "64 bits");
    }
}
