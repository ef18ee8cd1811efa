// A network file gives back exactly what was saved, and nothing else is ever taken for a network.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;
using Memo.Storage;
using static Memo.Tests.Storage.StoredNetworks;

namespace Memo.Tests.Storage;

public sealed class NetworkFileTests
{
    private static void RequireEqual(CellNetwork expected, CellNetwork actual)
    {
        Assert.Equal(expected.Lambda, actual.Lambda);
        Assert.Equal(expected.Classes, actual.Classes);
        Assert.Equal(expected.MinimumSquaredDistance, actual.MinimumSquaredDistance);
        Assert.Equal(expected.Labels, actual.Labels);
        Assert.Equal(expected.Size, actual.Size);
        Assert.Equal(expected.TrainingPoints.ElementType, actual.TrainingPoints.ElementType);
        Assert.Equal((expected.Count, expected.Dimension), (actual.Count, actual.Dimension));
        for (int i = 0; i < expected.Count; i++)
            for (int k = 0; k < expected.Dimension; k++)
                Assert.Equal(BitConverter.DoubleToInt64Bits(expected.TrainingPoints[i, k]),
                    BitConverter.DoubleToInt64Bits(actual.TrainingPoints[i, k]));
    }

    private static void RequireRoundTrip(CellNetwork network, ulong seed)
    {
        byte[] file = ToBytes(network, seed);
        StoredNetwork stored = FromBytes(file);
        RequireEqual(network, Assert.IsType<CellNetwork>(stored.Network));
        Assert.Equal(seed, stored.Seed);
        Assert.Equal(file, ToBytes(stored.Network, seed)); // deterministic: the same network, the same file
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        Assert.Equal(0, (8 + length) % 64);
    }

    private static readonly Gen<int> s_rows = Gen.Int[2, 40];
    private static readonly Gen<int> s_columns = Gen.Int[1, 9];

    // The first and last points differ in label and, by construction, in their first value.
    private static CellNetwork Build<T>(T[] values, int rows, int columns, T first) where T : unmanaged, System.Numerics.INumber<T>
    {
        for (int i = 0; i < rows; i++) values[i * columns] = first + T.CreateChecked(i);
        return StoredNetworks.Build(new SampleMatrix<T>(values, rows, columns), [.. Enumerable.Range(0, rows).Select(i => i * 3 / rows)],
            "b", "a", "c");
    }

    [Fact]
    public void Byte_networks_come_back() =>
        Gen.Select(s_rows, s_columns, Gen.ULong).SelectMany((rows, columns, seed) =>
            Gen.Byte.Array[rows * columns].Select(values => (rows, columns, seed, values)))
        .Sample(c => RequireRoundTrip(Build(c.values, c.rows, c.columns, (byte)0), c.seed), iter: 100);

    [Fact]
    public void Float_networks_come_back() =>
        Gen.Select(s_rows, s_columns, Gen.ULong).SelectMany((rows, columns, seed) =>
            Gen.Single.Where(float.IsFinite).Array[rows * columns].Select(values => (rows, columns, seed, values)))
        .Sample(c => RequireRoundTrip(Build(c.values, c.rows, c.columns, -0.5f), c.seed), iter: 100);

    [Fact]
    public void Double_networks_come_back() =>
        Gen.Select(s_rows, s_columns, Gen.ULong).SelectMany((rows, columns, seed) =>
            Gen.Double.Where(double.IsFinite).Array[rows * columns].Select(values => (rows, columns, seed, values)))
        .Sample(c => RequireRoundTrip(Build(c.values, c.rows, c.columns, 1e-3), c.seed), iter: 100);

    [Fact]
    public void Extreme_doubles_come_back() =>
        RequireRoundTrip(StoredNetworks.Build(new SampleMatrix<double>([double.MaxValue, double.Epsilon, -0.0, 1, -double.MaxValue, 0], 3, 2),
            [0, 1, 0], "x", "y"), ulong.MaxValue);

    [Theory]
    [InlineData("", "a\"b\\c")]
    [InlineData("line\nbreak\ttab\0nul", "</script>&'<")]
    [InlineData("größer Katze 猫", "\U0001F408 cat \u2028")]
    [InlineData("[\"nested\",\"json\"]", "{\"sha256\":\"00\"}")]
    public void Exotic_class_names_come_back(string first, string second)
    {
        CellNetwork network = StoredNetworks.Build(new SampleMatrix<byte>([0, 9], 2, 1), [0, 1], first, second);
        Assert.Equal([first, second], FromBytes(ToBytes(network)).Network.Classes);
    }

    [Fact]
    public void A_class_name_that_is_no_text_is_refused_when_saving()
    {
        CellNetwork network = StoredNetworks.Build(new SampleMatrix<byte>([0, 9], 2, 1), [0, 1], "half \uD83D", "b");
        Assert.Contains("surrogate", Assert.Throws<MemoException>(() => ToBytes(network)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Provenance_comes_back_in_the_order_of_its_keys()
    {
        var notes = new Dictionary<string, string> { ["z"] = "last", ["data"] = "digits:1,7", ["sha256"] = "\"sha256\":\"" };
        byte[] file = ToBytes(Small(), 5, notes);
        StoredNetwork stored = FromBytes(file);
        foreach ((string key, string value) in notes) Assert.Equal(value, stored.Metadata["provenance." + key]);
        Assert.Equal(file, ToBytes(Small(), 5, notes.Reverse().ToDictionary()));
    }

    // Read with nothing but the format's own words: 8 bytes of length, JSON, tensors at their offsets.
    [Fact]
    public void The_layout_is_plain_safetensors()
    {
        byte[] file = ToBytes(Small(), 42);
        int start = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        Assert.Equal(0, start % 64);
        Assert.Equal((byte)'{', file[8]);
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(8, start - 8));
        JsonElement metadata = header.RootElement.GetProperty("__metadata__");
        string Text(string key) => metadata.GetProperty(key).GetString()!;
        Assert.Equal(("memo", "1", "cells", "51/100", "42"), (Text("format"), Text("format_version"), Text("method"), Text("lambda"), Text("seed")));
        Assert.Equal(("[\"1\",\"7\"]", "3", "14"), (Text("classes"), Text("dimension"), Text("minimum_squared_distance")));

        var tensors = header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__")
            .ToDictionary(entry => entry.Name, entry => entry.Value);
        Assert.Equal(["labels", "training_points"], tensors.Keys.Order());
        (int Begin, int End) Offsets(string name) =>
            (tensors[name].GetProperty("data_offsets")[0].GetInt32(), tensors[name].GetProperty("data_offsets")[1].GetInt32());
        Assert.Equal("[5,3]", tensors["training_points"].GetProperty("shape").GetRawText());
        Assert.Equal("U8", tensors["training_points"].GetProperty("dtype").GetString());
        Assert.Equal("[5]", tensors["labels"].GetProperty("shape").GetRawText());
        Assert.Equal("I32", tensors["labels"].GetProperty("dtype").GetString());
        (int labels, int points) = (Offsets("labels").Begin, Offsets("training_points").Begin);
        Assert.Equal((0, Offsets("labels").End, file.Length - start), (labels, points, Offsets("training_points").End));
        Assert.Equal([0, 1, 0, 1, 1], Enumerable.Range(0, 5).Select(i => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(start + 4 * i))));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 255, 1, 0, 9, 9, 9], file[(start + points)..]);

        string digits = Text("sha256");
        byte[] zeroed = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(file).Replace(digits, new string('0', 64), StringComparison.Ordinal));
        Assert.Equal(digits, Convert.ToHexStringLower(SHA256.HashData(zeroed)));
    }

    [Fact]
    public void Every_change_of_every_byte_is_refused()
    {
        byte[] file = ToBytes(Small(), 7);
        for (int i = 0; i < file.Length; i++)
        {
            byte original = file[i];
            for (int value = 0; value < 256; value++)
                if (value != original)
                {
                    file[i] = (byte)value;
                    Refusal(file);
                }
            file[i] = original;
        }
        FromBytes(file);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] file = ToBytes(Small());
        for (int length = 0; length < file.Length; length++) Refusal(file[..length]);
    }

    [Fact]
    public void Appended_bytes_are_refused()
    {
        byte[] file = ToBytes(Small());
        foreach (byte value in new byte[] { 0, 32, 255 })
            Assert.Contains("unexpected", Refusal([.. file, value]), StringComparison.Ordinal);
        Refusal([.. file, .. file]);
    }

    [Theory]
    [InlineData("\"format_version\":\"1\"", "\"format_version\":\"2\"", "newer version")]
    [InlineData("\"format_version\":\"1\"", "\"format_version\":\"0\"", "never existed")]
    [InlineData("\"format_version\":\"1\"", "\"format_version\":\"one\"", "decimal integer")]
    [InlineData("\"format\":\"memo\"", "\"format\":\"pt\"", "no network of memo")]
    [InlineData("\"method\":\"cells\"", "\"method\":\"magic\"", "'magic' is not a construction")]
    [InlineData("\"lambda\":\"51/100\"", "\"lambda\":\"1/2\"", "strictly between")]
    [InlineData("\"lambda\":\"51/100\"", "\"lambda\":\"102/200\"", "lowest terms")]
    [InlineData("\"lambda\":\"51/100\"", "\"lambda\":\"51/0\"", "denominator")]
    [InlineData("\"lambda\":\"51/100\",", "", "'lambda' is missing")]
    [InlineData("\"seed\":\"7\"", "\"seed\":\"-7\"", "decimal integer")]
    [InlineData("\"seed\":\"7\"", "\"seed\":\"18446744073709551616\"", "decimal integer")]
    [InlineData("[\\\"1\\\",\\\"7\\\"]", "[\\\"1\\\",\\\"1\\\"]", "named twice")]
    [InlineData("[\\\"1\\\",\\\"7\\\"]", "[\\\"1\\\",7]", "array of strings")]
    [InlineData("[\\\"1\\\",\\\"7\\\"]", "[\\\"1\\\"", "array of strings")]
    [InlineData("[\\\"1\\\",\\\"7\\\"]", "[\\\"1\\\",\\\"7\\\"][]", "array of strings")]
    [InlineData("[\\\"1\\\",\\\"7\\\"]", "[\\\"1\\\"]", "outside the 1 classes")]
    [InlineData("\"dimension\":\"3\"", "\"dimension\":\"4\"", "[N, 4]")]
    [InlineData("\"minimum_squared_distance\":\"14\"", "\"minimum_squared_distance\":\"0\"", "positive")]
    [InlineData("\"minimum_squared_distance\":\"14\"", "\"minimum_squared_distance\":\"-14\"", "positive")]
    [InlineData("\"minimum_squared_distance\":\"14\"", "\"minimum_squared_distance\":\"7*2^-1\"", "integer where the points are bytes")]
    [InlineData("\"minimum_squared_distance\":\"14\"", "\"minimum_squared_distance\":\"1*2^99999999\"", "positive number")]
    [InlineData("\"labels\":", "\"accel.labels\":", "'labels' is missing")]
    [InlineData("\"labels\":", "\"feature.map\":", "does not know")]
    [InlineData("\"I32\"", "\"F32\"", "must be I32")]
    public void A_forged_header_with_a_right_checksum_is_refused(string original, string forged, string reason)
    {
        byte[] file = ToBytes(Small(), 7);
        Assert.Contains(reason, Refusal(Forge(file, header =>
        {
            Assert.Contains(original, header, StringComparison.Ordinal);
            return header.Replace(original, forged, StringComparison.Ordinal);
        })), StringComparison.Ordinal);
    }

    [Fact]
    public void Forged_labels_are_refused()
    {
        byte[] file = ToBytes(Small());
        string Forged(int index, int label) =>
            Refusal(Forge(file, header => header, data => BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(4 * index), label)));
        Assert.Contains("label of point 3 is 2", Forged(3, 2), StringComparison.Ordinal);
        Assert.Contains("label of point 0 is -1", Forged(0, -1), StringComparison.Ordinal);
        Assert.Contains("same label", Refusal(Forge(file, header => header, data => data.AsSpan(0, 20).Clear())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_point_that_is_not_finite_is_refused(float value)
    {
        byte[] file = ToBytes(StoredNetworks.Build(new SampleMatrix<float>([0, 1, 2, 3, 4, 5], 3, 2), [0, 1, 0], "a", "b"));
        Assert.Contains("point 1, column 1", Refusal(Forge(file, header => header,
            data => BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(12), value))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_is_no_part_of_the_network()
    {
        byte[] file = ToBytes(Small());
        int start = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        int end = file.Length - start;
        byte[] extended = Forge([.. file, 1, 2, 3], header => header.TrimEnd().TrimEnd('}') +
            $"}},\"accel.norms\":{{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[{end},{end + 3}]}}}}");
        RequireEqual(Small(), Assert.IsType<CellNetwork>(FromBytes(extended).Network));
        extended[^1] ^= 1;
        Assert.Contains("checksum", Refusal(extended), StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_distance_is_written_exactly()
    {
        CellNetwork network = StoredNetworks.Build(new SampleMatrix<double>([double.MaxValue, -double.MaxValue], 2, 1), [0, 1], "a", "b");
        Dyadic twice = new Dyadic(2) * Dyadic.FromDouble(double.MaxValue);
        Assert.Equal(twice * twice, Assert.IsType<CellNetwork>(FromBytes(ToBytes(network)).Network).MinimumSquaredDistance);
    }
}
