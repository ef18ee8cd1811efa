// Headers as an enemy would write them: each is refused with a message, none crashes or makes the reader allocate.
using System.Text;
using CsCheck;
using Memo.Storage;
using static Memo.Tests.Storage.StoredNetworks;

namespace Memo.Tests.Storage;

public sealed class SafetensorsHeaderTests
{
    private static SafetensorsReader Read(byte[] file) => new(new MemoryStream(file), "test.memo");

    [Theory]
    [InlineData("", "does not start")]
    [InlineData(" {}", "does not start")]
    [InlineData("[]", "does not start")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{}}", "not valid JSON")]
    [InlineData("{} {}", "not valid JSON")]
    [InlineData("{\"a\":1}", "not an object")]
    [InlineData("{\"__metadata__\":{\"a\":1}}", "not a string")]
    [InlineData("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", "occurs twice")]
    [InlineData("{\"__metadata__\":{\"a\":\"1\",\"\\u0061\":\"2\"}}", "occurs twice")]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}}", "occurs twice")]
    [InlineData("{\"__metadata__\":{\"a\":\"\\ud800\"}}", "not valid Unicode")]
    [InlineData("{\"\\ud800\":{}}", "not valid Unicode")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"t\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "occurs twice")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "occurs twice")]
    [InlineData("{\"t\":{\"shape\":[4],\"data_offsets\":[0,4]}}", "lacks")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"data_offsets\":[0,4]}}", "lacks")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[4]}}", "lacks")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],\"x\":0}}", "unexpected entry 'x'")]
    [InlineData("{\"t\":{\"dtype\":\"F8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "unknown dtype 'F8'")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[-4],\"data_offsets\":[0,4]}}", "whole numbers")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[4.0],\"data_offsets\":[0,4]}}", "whole numbers")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[\"4\"],\"data_offsets\":[0,4]}}", "whole numbers")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[[4]],\"data_offsets\":[0,4]}}", "not valid JSON")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[18446744073709551620],\"data_offsets\":[0,4]}}", "whole numbers")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0]}}", "impossible data_offsets")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4,4]}}", "impossible data_offsets")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,0]}}", "impossible data_offsets")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[0,4]}}", "do not fit its shape")]
    [InlineData("{\"t\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,4]}}", "do not fit its shape")]
    [InlineData("{\"t\":{\"dtype\":\"F64\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", "do not fit its shape")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[9223372036854775807],\"data_offsets\":[0,9223372036854775807]}}", "truncated")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[0,5]}}", "truncated")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}", "unexpected bytes")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[1,4]}}", "overlap or leave a hole")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]},\"u\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}", "overlap")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"u\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "overlap")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"u\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}", "leave a hole")]
    public void A_hostile_header_is_refused(string header, string reason) =>
        Assert.Contains(reason, Refusal(Assemble(header, [1, 2, 3, 4])), StringComparison.Ordinal);

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(100_000_001UL)]
    [InlineData(17UL)]
    public void A_header_longer_than_the_file_is_refused(ulong length)
    {
        byte[] file = [.. BitConverter.GetBytes(length), .. "{}              "u8];
        Assert.Contains("the header claims", Refusal(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"t\":{\"shape\":", "[")]
    [InlineData("{\"t\":{\"dtype\":", "{\"a\":")]
    [InlineData("", "{\"a\":")]
    public void Deep_nesting_is_refused(string start, string level) =>
        Refusal(Assemble(start + string.Concat(Enumerable.Repeat(level, 100_000)), []));

    [Fact]
    public void Text_that_is_not_UTF8_is_refused()
    {
        byte[] file = Assemble("{\"__metadata__\":{\"a\":\"?\"}}", []);
        file[Array.IndexOf(file, (byte)'?')] = 0xFF;
        Assert.Contains("UTF-8", Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_never_carries_control_characters()
    {
        string message = Refusal(Assemble("{\"\\u001b[2J" + new string('x', 5000) + "\":1}", []));
        Assert.DoesNotContain('\u001b', message);
        Assert.InRange(message.Length, 1, 200);
    }

    [Fact]
    public void Random_bytes_are_refused() =>
        Gen.Byte.Array[0, 300].Sample(bytes => { Refusal(bytes); }, iter: 2000);

    [Fact]
    public void Random_bytes_behind_a_plausible_start_are_refused() =>
        Gen.Byte.Array[0, 100].Sample(bytes => { Refusal(Assemble("{\"__metadata__\":{", bytes)); }, iter: 2000);

    // What the format's reference reader allows must be read: tensors listed in any order, empty ones, scalars, padding.
    [Fact]
    public void Unordered_empty_and_scalar_tensors_are_read()
    {
        using SafetensorsReader file = Read(Assemble(
            "{\"b\":{\"data_offsets\":[4,6],\"shape\":[],\"dtype\":\"U16\"},\"none\":{\"dtype\":\"F64\",\"shape\":[0,7],\"data_offsets\":[4,4]}," +
            "\"a\":{\"dtype\":\"I32\",\"shape\":[1,1],\"data_offsets\":[0,4]}}   ", [1, 0, 0, 0, 2, 1]));
        Assert.Equal(["a", "none", "b"], file.Header.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([1], file.ReadValues<int>(file.Header.Find("a")!));
        Assert.Equal([(ushort)258], file.ReadValues<ushort>(file.Header.Find("b")!));
        Assert.Empty(file.ReadValues<double>(file.Header.Find("none")!));
        Assert.Empty(file.Header.Metadata);
    }

    [Fact]
    public void What_the_writer_lays_out_the_reader_finds() =>
        Gen.Select(Gen.Byte.Array[0, 50], Gen.Int.Array[0, 50], Gen.Double.Array[0, 50], Gen.String[0, 20]).Sample((bytes, ints, doubles, text) =>
        {
            if (!IsText(text)) return;
            var writer = new SafetensorsWriter([new("key", text)],
            [
                new("bytes", TensorType.U8, [bytes.Length], sink => TensorSource.Write(bytes, sink)),
                new("ints", TensorType.I32, [1, ints.Length], sink => TensorSource.Write(ints, sink)),
                new("doubles", TensorType.F64, [doubles.Length, 1], sink => TensorSource.Write(doubles, sink)),
            ]);
            using var stream = new MemoryStream();
            writer.WriteTo(stream);
            using SafetensorsReader file = Read(stream.ToArray());
            Assert.Equal(0, file.Prefix.Length % 64);
            Assert.Equal(text, file.Header.Metadata["key"]);
            Assert.All(file.Header.Tensors, tensor => Assert.Equal(0, tensor.Begin % tensor.Type.ElementBytes()));
            Assert.Equal(bytes, file.ReadValues<byte>(file.Header.Find("bytes")!));
            Assert.Equal(ints, file.ReadValues<int>(file.Header.Find("ints")!));
            Assert.Equal(doubles.Select(BitConverter.DoubleToInt64Bits),
                file.ReadValues<double>(file.Header.Find("doubles")!).Select(BitConverter.DoubleToInt64Bits));
        }, iter: 300);

    private static bool IsText(string text)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
