// The layers of a network over the integers come back weight for weight, and every other arrangement of bytes is refused.
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Json;
using CsCheck;
using Memo.Data;
using Memo.Networks;
using Memo.Storage;
using static Memo.Tests.Storage.StoredNetworks;

namespace Memo.Tests.Storage;

public sealed class ReluNetworkFileTests
{
    private static ReluNetwork Load(byte[] file) => Assert.IsType<ReluNetwork>(FromBytes(file).Network);

    [Fact]
    public void Random_networks_come_back() =>
        Gen.Select(ReluNetworks.Random, Gen.ULong).Sample((network, seed) =>
        {
            byte[] file = ToBytes(network, seed);
            StoredNetwork stored = FromBytes(file);
            ReluNetwork back = Assert.IsType<ReluNetwork>(stored.Network);
            ReluNetworks.RequireEqual(network, back);
            Assert.Equal(seed, stored.Seed);
            Assert.Equal(file, ToBytes(back, seed)); // deterministic: the same network, the same file
        }, iter: 300);

    [Fact]
    public void A_network_predicts_the_same_when_it_comes_back() =>
        ReluNetworks.Random.SelectMany(network => Gen.Byte.Array[4 * network.Dimension].Select(values => (network, values)))
            .Sample(c =>
            {
                var queries = new SampleMatrix<byte>(c.values, 4, c.network.Dimension);
                Predictions expected = c.network.PredictByReference(queries, Outputs.Values);
                foreach (Predictions actual in new[]
                         {
                             Load(ToBytes(c.network)).Predict(queries, Outputs.Values),
                             Load(ToBytes(c.network)).PredictByReference(queries, Outputs.Values),
                         })
                {
                    Assert.Equal(expected.Labels, actual.Labels);
                    Assert.Equal(expected.Values, actual.Values);
                    Assert.Equal(expected.ScaleDenominator, actual.ScaleDenominator);
                }
            }, iter: 100);

    [Fact]
    public void Thousands_of_layers_and_thousands_of_bits_come_back()
    {
        const int Depth = 10_000;
        var random = new Random(5);
        var layers = new SparseLayer[Depth];
        for (int k = 0; k < Depth; k++)
        {
            int rows = k == Depth - 1 ? 1 : 3;
            layers[k] = new SparseLayer(3, [.. Enumerable.Range(0, rows + 1).Select(row => 2 * row)],
                [.. Enumerable.Range(0, rows).SelectMany(row => (int[])[0, 1 + row % 2])],
                [.. Enumerable.Range(0, 2 * rows).Select(_ => Number())], [.. Enumerable.Range(0, rows).Select(_ => Number())]);
        }
        var network = new ReluNetwork(layers, ReluNetworks.Describe("vardi", Readout.Index, InputBox.Bytes, 3, 9));
        ReluNetworks.RequireEqual(network, Load(ToBytes(network)));

        BigInteger Number()
        {
            var bytes = new byte[random.Next(1, 20) == 1 ? 1125 : random.Next(1, 9)];
            random.NextBytes(bytes);
            bytes[^1] |= 1;
            return new BigInteger(bytes, isUnsigned: true) * (random.Next(2) == 0 ? 1 : -1);
        }
    }

    [Fact]
    public void A_row_longer_than_the_writers_buffer_comes_back()
    {
        const int Inputs = 40_000;
        BigInteger large = (BigInteger.One << 600_000) - 1;
        var network = new ReluNetwork([new SparseLayer(Inputs, [0, Inputs], [.. Enumerable.Range(0, Inputs)],
            [.. Enumerable.Range(0, Inputs).Select(k => k % 9999 == 7 ? large : new BigInteger(k + 1))], [-large])],
            ReluNetworks.Describe("sqrt", Readout.Sign, InputBox.Bytes, 2, 2));
        ReluNetworks.RequireEqual(network, Load(ToBytes(network)));
    }

    [Fact]
    public void A_method_that_no_file_has_is_refused_when_saving()
    {
        var network = new ReluNetwork([new SparseLayer(1, [0, 1], [0], [1], [0])],
            ReluNetworks.Describe("cells", Readout.Sign, InputBox.Bytes, 2, 2));
        Assert.Contains("'cells'", Assert.Throws<MemoException>(() => ToBytes(network)).Message, StringComparison.Ordinal);
    }

    // Read with nothing but the words of the format's description.
    [Fact]
    public void The_layout_is_as_described()
    {
        var file = new Parts(ToBytes(ReluNetworks.Small(), 42));
        Assert.Equal(("memo", "1", "vardi", "42", "sign", "[\"0\",\"1\"]", "3", "5"), (file.Text("format"), file.Text("format_version"),
            file.Text("method"), file.Text("seed"), file.Text("readout"), file.Text("classes"), file.Text("dimension"), file.Text("samples")));
        Assert.Equal(("uint8", "0", "0", "255"),
            (file.Text("input_type"), file.Text("input_exponent"), file.Text("input_least"), file.Text("input_greatest")));
        Assert.Equal(["notes.draws", "notes.code_bits"],
            file.Metadata.EnumerateObject().Select(item => item.Name).Where(name => name.StartsWith("notes.", StringComparison.Ordinal)));
        Assert.Equal(["columns", "layer_sizes", "limb_starts", "limbs", "row_starts", "signs"], file.Tensors.Keys.Order());
        Assert.Equal([3, 2, 2, 1], file.Integers("layer_sizes"));
        Assert.Equal([0, 2, 3, 3, 5, 7], file.Integers("row_starts"));
        Assert.Equal([0, 2, 1, 0, 1, 0, 1], file.Integers("columns"));
        // 3, -2^40, -1 | 1, -1 | 2^70, -1 and the biases 5, 0 | 4, 0 | 7
        Assert.Equal([0, 1, 3, 4, 5, 6, 9, 10, 11, 11, 12, 12, 13], file.Integers("limb_starts"));
        Assert.Equal([3, 0, 256, 1, 1, 1, 0, 0, 64, 1, 5, 4, 7], file.Integers("limbs"));
        Assert.Equal([1, -1, -1, 1, -1, 1, -1, 1, 0, 1, 0, 1], file.Bytes("signs").Select(value => (int)(sbyte)value));
        foreach (string name in file.Tensors.Keys)
            Assert.Equal(name == "limbs" ? "U32" : name == "signs" ? "I8" : "I32", file.Tensors[name].GetProperty("dtype").GetString());
    }

    [Fact]
    public void Every_change_of_every_byte_is_refused()
    {
        byte[] file = ToBytes(ReluNetworks.Small(), 7);
        for (int i = 0; i < file.Length; i++)
        {
            byte original = file[i];
            foreach (byte change in (byte[])[1, 2, 4, 8, 16, 32, 64, 128, 255])
            {
                file[i] = (byte)(original ^ change);
                Refusal(file);
            }
            file[i] = original;
        }
        FromBytes(file);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] file = ToBytes(ReluNetworks.Small());
        for (int length = 0; length < file.Length; length++) Refusal(file[..length]);
    }

    // With a right checksum a changed byte of the data is refused or makes another network: never anything else.
    [Fact]
    public void Every_changed_byte_of_the_data_is_refused_or_another_network()
    {
        byte[] file = ToBytes(ReluNetworks.Small());
        int length = new Parts(file).Data.Length, refused = 0;
        for (int i = 0; i < length; i++)
            foreach (byte change in (byte[])[1, 2, 16, 64, 128, 255])
            {
                byte[] forged = Forge(file, header => header, data => data[i] ^= change);
                try
                {
                    Assert.Equal(forged, ToBytes(Load(forged)));
                }
                catch (FileFormatException refusal)
                {
                    Assert.StartsWith("test.memo: ", refusal.Message, StringComparison.Ordinal);
                    refused++;
                }
            }
        Assert.InRange(refused, length, 6 * length - 1);
    }

    [Theory]
    [InlineData("layer_sizes", 0, 4, "metadata 'dimension' says 3")]
    [InlineData("layer_sizes", 1, 3, "6 rows in all")]
    [InlineData("layer_sizes", 1, 0, "layer 1 has 0 rows")]
    [InlineData("layer_sizes", 2, -2, "layer 2 has -2 rows")]
    [InlineData("layer_sizes", 2, int.MaxValue, "rows in all")]
    [InlineData("layer_sizes", 3, 2, "last layer has 2 rows")]
    [InlineData("row_starts", 0, 1, "must start at 0")]
    [InlineData("row_starts", 1, 4, "layer 1, row 1 reaches from 4 to 3")]
    [InlineData("row_starts", 1, -1, "layer 1, row 0 reaches from 0 to -1")]
    [InlineData("row_starts", 4, 8, "starts must ascend, to 7")]
    [InlineData("row_starts", 5, 6, "must end at 7")]
    [InlineData("columns", 1, 3, "layer 1, row 0: column 3 is none of its 3 inputs")]
    [InlineData("columns", 1, -1, "layer 1, row 0: column -1")]
    [InlineData("columns", 0, 2, "layer 1, row 0: column 2 follows 2")]
    [InlineData("columns", 3, 2, "layer 2, row 1: column 2 is none of its 2 inputs")]
    [InlineData("columns", 6, int.MaxValue, "layer 3, row 0: column 2147483647")]
    [InlineData("limb_starts", 0, 1, "must start at 0")]
    [InlineData("limb_starts", 2, 0, "layer 1, row 0, column 2 reaches from 1 to 0")]
    [InlineData("limb_starts", 4, int.MaxValue, "starts must ascend, to 13")]
    [InlineData("limb_starts", 5, 5, "layer 2, row 1, column 1: the sign -1 does not fit a number of 0 limbs")]
    [InlineData("limb_starts", 9, 10, "layer 1, row 1, bias reaches from 11 to 10")]
    [InlineData("limb_starts", 12, 12, "must end at 13")]
    [InlineData("limbs", 0, 0, "layer 1, row 0, column 0: the last limb is zero")]
    [InlineData("limbs", 8, 0, "layer 3, row 0, column 0: the last limb is zero")]
    [InlineData("limbs", 12, 0, "layer 3, row 0, bias: the last limb is zero")]
    public void A_forged_element_with_a_right_checksum_is_refused_by_its_place(string tensor, int index, int value, string reason)
    {
        byte[] file = ToBytes(ReluNetworks.Small(), 7);
        var parts = new Parts(file);
        int begin = parts.Begin(tensor) + 4 * index;
        string message = Refusal(Forge(file, header => header, data => BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(begin), value)));
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Matches(@"\((layer_sizes|row_starts|columns|limb_starts|limbs|signs)\[\d+\], at byte \d+\)", message);
    }

    [Theory]
    [InlineData(0, 0, "layer 1, row 0, column 0: the sign 0 does not fit")]
    [InlineData(2, 2, "layer 1, row 1, column 1: the sign 2 does not fit")]
    [InlineData(8, 1, "layer 1, row 1, bias: the sign 1 does not fit a number of 0 limbs")]
    [InlineData(11, 0, "layer 3, row 0, bias: the sign 0 does not fit")]
    public void A_forged_sign_is_refused(int number, int sign, string reason)
    {
        byte[] file = ToBytes(ReluNetworks.Small(), 7);
        int begin = new Parts(file).Begin("signs") + number;
        Assert.Contains(reason, Refusal(Forge(file, header => header, data => data[begin] = (byte)sign)), StringComparison.Ordinal);
    }

    // Weight 0 written as a number without limbs: of the right form, but rows hold no zeros.
    [Fact]
    public void A_weight_of_zero_is_refused()
    {
        byte[] file = ToBytes(ReluNetworks.Small(), 7);
        var parts = new Parts(file);
        Assert.Contains("layer 2, row 1: the weight of column 0 is zero", Refusal(Forge(file, header => header, data =>
        {
            // The limb goes to the number before, -1, which becomes -1 - 2^32.
            BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(parts.Begin("limb_starts") + 4 * 3), 5);
            data[parts.Begin("signs") + 3] = 0;
        })), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"method\":\"vardi\"", "\"method\":\"cells\"", "'lambda' is missing")]
    [InlineData("\"method\":\"vardi\"", "\"method\":\"magic\"", "'magic' is not a construction")]
    [InlineData("\"readout\":\"sign\"", "\"readout\":\"sine\"", "none of sign, index")]
    [InlineData("\"readout\":\"sign\",", "", "'readout' is missing")]
    [InlineData("\"samples\":\"5\",", "", "'samples' is missing")]
    [InlineData("\"samples\":\"5\"", "\"samples\":\"-5\"", "decimal integer")]
    [InlineData("[\\\"0\\\",\\\"1\\\"]", "[\\\"0\\\",\\\"1\\\",\\\"2\\\"]", "a sign tells two classes apart")]
    [InlineData("[\\\"0\\\",\\\"1\\\"]", "[\\\"0\\\"]", "at least two classes")]
    [InlineData("\"dimension\":\"3\"", "\"dimension\":\"4\"", "'dimension' says 4")]
    [InlineData("\"dimension\":\"3\"", "\"dimension\":\"0\"", "at least 1")]
    [InlineData("\"input_type\":\"uint8\"", "\"input_type\":\"int8\"", "none of uint8")]
    [InlineData("\"input_exponent\":\"0\"", "\"input_exponent\":\"1\"", "no place of a value of type uint8")]
    [InlineData("\"input_type\":\"uint8\",\"input_exponent\":\"0\"", "\"input_type\":\"float64\",\"input_exponent\":\"1024\"", "no place")]
    [InlineData("\"input_type\":\"uint8\",\"input_exponent\":\"0\"", "\"input_type\":\"float32\",\"input_exponent\":\"-1075\"", "no place")]
    [InlineData("\"input_exponent\":\"0\"", "\"input_exponent\":\"0.5\"", "decimal integer")]
    [InlineData("\"input_least\":\"0\"", "\"input_least\":\"-1\"", "below every value")]
    [InlineData("\"input_least\":\"0\"", "\"input_least\":\"256\"", "below input_least")]
    [InlineData("\"input_greatest\":\"255\"", "\"input_greatest\":\"256\"", "above every value")]
    [InlineData("\"input_greatest\":\"255\"", "\"input_greatest\":\"999999999999999999999999999999999999999999\"", "decimal integer")]
    [InlineData("\"row_starts\":", "\"accel.starts\":", "'row_starts' is missing")]
    [InlineData("\"row_starts\":", "\"row_ends\":", "does not know")]
    [InlineData("\"U32\"", "\"I32\"", "must be U32")]
    [InlineData("\"I8\"", "\"U8\"", "must be I8")]
    [InlineData("\"shape\":[4]", "\"shape\":[2,2]", "one dimension")]
    public void A_forged_header_with_a_right_checksum_is_refused(string original, string forged, string reason)
    {
        byte[] file = ToBytes(ReluNetworks.Small(), 7);
        Assert.Contains(reason, Refusal(Forge(file, header =>
        {
            Assert.Contains(original, header, StringComparison.Ordinal);
            return header.Replace(original, forged, StringComparison.Ordinal);
        })), StringComparison.Ordinal);
    }

    // Lengths of tensors that contradict each other, with all offsets right: one element goes from one to the next.
    [Theory]
    [InlineData("layer_sizes", 4, "row_starts", 6, "row_starts is I32 [7]; it must have 6")]
    [InlineData("columns", 7, "limb_starts", 13, "row_starts is I32 [6]; it must have 7")]
    [InlineData("limb_starts", 13, "limbs", 13, "limb_starts is I32 [12]; it must have 13")]
    public void Lengths_that_contradict_each_other_are_refused(string shorter, int length, string longer, int other, string reason)
    {
        byte[] file = ToBytes(ReluNetworks.Small(), 7);
        var parts = new Parts(file);
        string Entry(string name, int count, int begin, int end) => $"\"shape\":[{count}],\"data_offsets\":[{begin},{end}]";
        (int begin, int middle, int end) = (parts.Begin(shorter), parts.Begin(longer), parts.End(longer));
        Assert.Equal(parts.End(shorter), middle);
        Assert.Contains(reason, Refusal(Forge(file, header => header
            .Replace(Entry(shorter, length, begin, middle), Entry(shorter, length - 1, begin, middle - 4), StringComparison.Ordinal)
            .Replace(Entry(longer, other, middle, end), Entry(longer, other + 1, middle - 4, end), StringComparison.Ordinal))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_is_no_part_of_the_network()
    {
        byte[] file = ToBytes(ReluNetworks.Small());
        int end = new Parts(file).Data.Length;
        byte[] extended = Forge([.. file, 1, 2, 3], header => header.TrimEnd().TrimEnd('}') +
            $"}},\"accel.plan\":{{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[{end},{end + 3}]}}}}");
        ReluNetworks.RequireEqual(ReluNetworks.Small(), Load(extended));
        extended[^1] ^= 1;
        Assert.Contains("checksum", Refusal(extended), StringComparison.Ordinal);
    }

    // A file taken apart without the engine.
    private sealed class Parts
    {
        public Parts(byte[] file)
        {
            int start = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
            JsonElement header = JsonDocument.Parse(Encoding.UTF8.GetString(file, 8, start - 8)).RootElement;
            (Data, Metadata) = (file[start..], header.GetProperty("__metadata__"));
            Tensors = header.EnumerateObject().Where(entry => entry.Name != "__metadata__").ToDictionary(entry => entry.Name, entry => entry.Value);
        }

        public byte[] Data { get; }
        public JsonElement Metadata { get; }
        public Dictionary<string, JsonElement> Tensors { get; }

        public string Text(string key) => Metadata.GetProperty(key).GetString()!;
        public int Begin(string name) => Tensors[name].GetProperty("data_offsets")[0].GetInt32();
        public int End(string name) => Tensors[name].GetProperty("data_offsets")[1].GetInt32();
        public byte[] Bytes(string name) => Data[Begin(name)..End(name)];
        public int[] Integers(string name) =>
            [.. Bytes(name).Chunk(4).Select(bytes => BinaryPrimitives.ReadInt32LittleEndian(bytes))];
    }
}
