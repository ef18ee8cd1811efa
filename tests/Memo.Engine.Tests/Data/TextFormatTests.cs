using System.Globalization;
using CsCheck;
using Memo.Data;
using Memo.Data.Formats;
using static Memo.Tests.Data.Bytes;

namespace Memo.Tests.Data;

public sealed class TextFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Dataset Csv(string text, int? labelColumn = null) =>
        CsvReader.Read(Reader(text), labelColumn, "test");

    private static Dataset Svm(string text, int? dimension = null) =>
        LibsvmReader.Read(Reader(text), dimension, "test");

    [Fact]
    public void Csv_gives_back_any_doubles_exactly() =>
        (from rows in Gen.Int[1, 8]
         from columns in Gen.Int[1, 8]
         from values in Gen.Double.Where(double.IsFinite).Array[rows * columns]
         from labels in Gen.Int[-5, 5].Array[rows]
         from label in Gen.Int[-columns - 1, columns]
         from separator in Gen.OneOf(',', ';', '\t')
         from header in Gen.Bool
         from end in Gen.OneOf("\n", "\r\n")
         select (rows, columns, values, labels, label, separator, header, end)).Sample(x =>
        {
            int place = x.label < 0 ? x.label + x.columns + 1 : x.label;
            IEnumerable<string> lines = Enumerable.Range(0, x.rows).Select(i =>
            {
                List<string> cells =
                    [.. x.values.Skip(i * x.columns).Take(x.columns).Select(v =>
                        v.ToString("R", CultureInfo.InvariantCulture))];
                cells.Insert(place, x.labels[i].ToString(CultureInfo.InvariantCulture));
                return string.Join(x.separator, cells);
            });
            string header = string.Join(x.separator, Enumerable.Range(0, x.columns + 1).Select(k => $"c{k}"));
            if (x.header) lines = lines.Prepend(header);
            Dataset data = Csv(string.Join(x.end, lines), x.label);
            Assert.Equal(x.values, Values(data.Points));
            Assert.Equal(x.labels.Select(l => l.ToString(CultureInfo.InvariantCulture)), Names(data));
            Assert.Equal(x.values.All(v => v is >= 0 and <= 255 && v == Math.Floor(v)) ? ElementType.UInt8
                : ElementType.Float64,
                data.Points.ElementType);
        });

    [Fact]
    public void Integers_from_0_to_255_are_bytes_however_they_are_written()
    {
        Assert.Equal(ElementType.UInt8, Csv("0,255,1.0,2e1,-0,007,a").Points.ElementType);
        Assert.Equal([0.0, 255, 1, 20, 0, 7], Values(Csv("0,255,1.0,2e1,-0,007,a").Points));
        Assert.Equal(ElementType.Float64, Csv("0,256,a").Points.ElementType);
        Assert.Equal([1.0, 2, 0.5, 4], Values(Csv("1,2,a\n.5,4,b").Points));
        Assert.Equal(ElementType.Float64, Csv("-1,0,a").Points.ElementType);
    }

    [Fact]
    public void Labels_are_integers_when_all_are_else_texts()
    {
        Assert.Equal(["-1", "1", "10"], Csv("1,+1\n2,10\n3,1.0\n4,-1\n5,1e1").Classes);
        Assert.Equal(["1", "1"], Names(Csv("1,+1\n2,1.0")));
        Assert.Equal(["+1", "1.0", "cat"], Csv("1,+1\n2,1.0\n3,cat").Classes);
        Assert.Equal(["1.5", "2"], Csv("1,1.5\n2,2").Classes);
        Assert.Equal(["cat, the", "dog \"x\""], Csv("1,\"cat, the\"\n2, \"dog \"\"x\"\"\" ").Classes);
        Assert.Equal(["a", "b"], Csv("a,1,2\nb,3,4", 0).Classes);
    }

    [Fact]
    public void Header_blank_lines_and_byte_order_mark_are_passed_over()
    {
        Dataset data = Csv("\uFEFF\n\"height, m\",width,kind\n\n1,2,a\r\n \n3,4,b\n\n");
        Assert.Equal([1.0, 2, 3, 4], Values(data.Points));
        Assert.Equal([0, 1], data.FileRows);
        Assert.Equal(2, Csv("1,2,kind\n3,4,b").Count); // only a feature makes a header
        Refused(() => Csv("NA,2,a\n3,4,b\n5,6,a"), "NA"); // a faulty row is none
    }

    [Theory]
    [InlineData("1,2,a\n3,x7,b", "line 2 (row 1)", "column 1", "'x7'")]
    [InlineData("x,y,z\n1,2,a\n\n3,,b", "line 4 (row 1)", "column 1", "missing")]
    [InlineData("1,2,a\n3,b", "line 2 (row 1)", "2 columns", "3")]
    [InlineData("1,2,a\n3,4,5,b", "line 2 (row 1)", "4 columns", "3")]
    [InlineData("1,2,a\n3,4,", "line 2 (row 1)", "column 2", "missing")]
    [InlineData("1,nan,a", "line 1 (row 0)", "column 1", "NaN")]
    [InlineData("1,2,a\n-inf,2,b", "line 2 (row 1)", "column 0", "infinity")]
    [InlineData("1,2,a\n1e999,2,b", "line 2 (row 1)", "column 0", "infinity")]
    [InlineData("1,2,a\n\"1\"2,2,b", "line 2 (row 1)", "quoted", "")]
    [InlineData("1,2,a\n\"12,2,b", "line 2 (row 1)", "quoted", "")]
    [InlineData("1\n2", "one column", "row 0", "")]
    [InlineData("x,y", "header", "no rows", "")]
    [InlineData("\n \n", "no rows", "", "")]
    public void Faulty_csv_is_refused_by_line_and_row(string text, string first, string second, string third) =>
        Refused(() => Csv(text), first, second, third);

    [Fact]
    public void Label_column_must_exist()
    {
        Assert.Throws<MemoException>(() => Csv("1,2,a", 3));
        Assert.Throws<MemoException>(() => Csv("1,2,a", -4));
        string npz = _folder.Write("a.svm", "1 1:2");
        Assert.Throws<MemoException>(() =>
            DataReference.Parse(npz).Load(DataPart.Default, new LoadOptions { LabelColumn = 0 }));
    }

    [Fact]
    public void Long_lines_and_many_rows_are_read()
    {
        string text = string.Join(
            '\n', Enumerable.Range(0, 300).Select(i => string.Join(',', Enumerable.Range(i, 1000)) + ",c"));
        Dataset data = Csv(text);
        Assert.Equal((300, 1000), (data.Count, data.Dimension));
        Assert.Equal(299 + 999, data.Points[299, 999]);
        Assert.Equal(7 + 13, data.Points[7, 13]);
    }

    [Fact]
    public void Truncated_gzip_text_is_refused_at_every_length()
    {
        byte[] packed = Gzip(
            [.. Enumerable.Range(0, 400).SelectMany(i =>
                System.Text.Encoding.ASCII.GetBytes($"{i},{i * i % 97},c{i % 3}\n"))]);
        Assert.Equal(400, CsvReader.Read(Reader(packed), null, "test").Count);
        for (int length = 0; length < packed.Length; length++)
            Assert.ThrowsAny<MemoException>(() => CsvReader.Read(Reader(packed[..length]), null, "test"));
    }

    [Fact]
    public void Libsvm_gives_back_any_sparse_rows() =>
        (from rows in Gen.Int[1, 8]
         from columns in Gen.Int[1, 8]
         from values in Gen.Frequency(
             (2, Gen.Const(0.0)), (1, Gen.Double[-10, 10]), (1, Gen.Int[0, 255].Select(v => (double)v)))
                 .Array[rows * columns]
         from labels in Gen.OneOf("+1", "-1", "3.0").Array[rows]
         select (rows, columns, values, labels)).Sample(x =>
        {
            x.values[^1] = 1; // so that the largest index occurs
            string text = string.Join(
                '\n', Enumerable.Range(0, x.rows).Select(i => x.labels[i] + string.Concat(Enumerable.Range(0, x.columns)
                .Where(k => x.values[i * x.columns + k] != 0)
                .Select(k => string.Create(
                    CultureInfo.InvariantCulture, $" {k + 1}:{x.values[i * x.columns + k]:R}")))));
            Dataset data = Svm("# made by a test\n" + text + " # end");
            Assert.Equal(x.values, Values(data.Points));
            Assert.Equal(x.labels.Select(l => l == "+1" ? "1" : l == "-1" ? "-1" : "3"), Names(data));
            Assert.Equal(x.values.All(v => v is >= 0 and <= 255 && v == Math.Floor(v)) ? ElementType.UInt8
                : ElementType.Float64,
                data.Points.ElementType);
        });

    [Fact]
    public void Libsvm_dimension_may_be_given()
    {
        Assert.Equal([0, 5, 0, 0, 0, 0.0, 0, 0], Values(Svm("1 2:5\n2", 4).Points));
        Assert.Equal(2, Svm("1 2:5\n2").Dimension);
        string path = _folder.Write("a.svm", "1 2:5\n2");
        Assert.Equal(784, DataReference.Parse(path + "?n=784").Load(DataPart.Test).Dimension);
        Assert.Equal(1, DataReference.Parse(path + "?n=784:2").Load(DataPart.Test).Count);
        Assert.Throws<MemoException>(() => DataReference.Parse(path + "?m=784"));
        Assert.Throws<MemoException>(() => DataReference.Parse(path + "?n=0"));
    }

    [Theory]
    [InlineData("1 1:2\n2 0:1", "line 2 (row 1)", "index 0")]
    [InlineData("1 3:2 2:1", "line 1 (row 0)", "ascend")]
    [InlineData("1 2:2 2:1", "line 1 (row 0)", "ascend")]
    [InlineData("1 qid:3 2:1", "line 1 (row 0)", "index:value")]
    [InlineData("1 2", "line 1 (row 0)", "index:value")]
    [InlineData("1 2:x", "line 1 (row 0)", "number")]
    [InlineData("1 2:nan", "column 1", "NaN")]
    [InlineData("1:2 2:1", "line 1 (row 0)", "label is missing")]
    [InlineData("1,2 2:1", "line 1 (row 0)", "several labels")]
    [InlineData("1 99999999999:1", "line 1 (row 0)", "index:value")]
    [InlineData("1", "no features", "row 0")]
    [InlineData("# nothing", "no rows", "")]
    public void Faulty_libsvm_is_refused_by_line_and_row(string text, string first, string second) =>
        Refused(() => Svm(text), first, second);

    [Fact]
    public void A_huge_index_is_refused_for_want_of_memory()
    {
        Refused(() => Svm("1 9:1", 8), "beyond the dimension 8");
        var fault = Assert.Throws<MemoException>(() => Svm("1 2000000000:1\n2 2:2"));
        Assert.Contains("GB", fault.Message, StringComparison.Ordinal);
    }
}
