// An independent reading of model files: protocol buffers field by field, and graphs as lists of names.
using System.Text;

namespace Memo.Tests.Storage.Onnx;

/// <summary>A message as its fields, in order: numbers, or bytes that may be texts or messages.</summary>
internal sealed class ModelFile
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ModelFile(ReadOnlyMemory<byte> content)
    {
        for (int at = 0; at < content.Length;)
        {
            ulong key = Number(content.Span, ref at);
            switch (key & 7)
            {
                case 0:
                    _fields.Add(((int)(key >> 3), Number(content.Span, ref at), default));
                    break;
                case 2:
                    int length = checked((int)Number(content.Span, ref at));
                    _fields.Add(((int)(key >> 3), 0, content.Slice(at, length)));
                    at += length;
                    break;
                case 5:
                    _fields.Add(((int)(key >> 3), BitConverter.ToUInt32(content.Span.Slice(at, 4)), default));
                    at += 4;
                    break;
                default:
                    Assert.Fail($"wire type {key & 7} at byte {at}");
                    break;
            }
        }
    }

    public IEnumerable<ModelFile> Messages(int field) => _fields.Where(each => each.Field == field).Select(each => new ModelFile(each.Bytes));

    public IEnumerable<string> Texts(int field) =>
        _fields.Where(each => each.Field == field).Select(each => new UTF8Encoding(false, true).GetString(each.Bytes.Span));

    public ulong[] Numbers(int field) => [.. _fields.Where(each => each.Field == field).Select(each => each.Number)];

    /// <summary>
    /// Fails unless a graph is in the form that ONNX demands: every name is given once, in it and in the graphs around it, and
    /// used only after; every constant and every node is used; operators and constants are known.
    /// </summary>
    public static void RequireWellFormed(ModelFile graph, HashSet<string> around, HashSet<string> used)
    {
        var known = new HashSet<string>(around);
        var constants = new List<string>();
        foreach (string constant in graph.Messages(5).SelectMany(tensor => tensor.Texts(8)))
        {
            Assert.True(known.Add(constant), $"{constant} is given twice");
            constants.Add(constant);
        }
        foreach (string input in graph.Messages(11).SelectMany(value => value.Texts(1)))
            Assert.True(known.Add(input), $"{input} is given twice");
        var results = new List<string>();
        foreach (ModelFile node in graph.Messages(1))
        {
            foreach (string input in node.Texts(1).Where(name => name.Length > 0))
            {
                Assert.True(known.Contains(input), $"{input} is used before it is given");
                used.Add(input);
            }
            foreach (ModelFile body in node.Messages(5).SelectMany(attribute => attribute.Messages(6)))
                RequireWellFormed(body, known, used);
            foreach (string output in node.Texts(2))
            {
                Assert.True(known.Add(output), $"{output} is given twice");
                results.Add(output);
            }
            Assert.Single(node.Texts(4));
        }
        foreach (string output in graph.Messages(12).SelectMany(value => value.Texts(1)))
        {
            Assert.Contains(output, results);
            used.Add(output);
        }
        Assert.Empty(constants.Concat(results).Except(used));
    }

    private static ulong Number(ReadOnlySpan<byte> content, ref int at)
    {
        ulong number = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = content[at++];
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return number;
        }
    }
}
