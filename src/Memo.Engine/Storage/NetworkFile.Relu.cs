// Networks over the integers (ReluNetwork): their metadata, written and read. SparseLayerTensors has the layers.
using System.Globalization;
using Memo.Data;
using Memo.Networks;

namespace Memo.Storage;

public static partial class NetworkFile
{
    // As in files; the constructions that have these names are not known here, nor need they be to read a file.
    private static readonly string[] s_reluMethods = ["sqrt", "vardi", "park", "adversarial", "sat"];

    private static readonly (Readout Readout, string Name)[] s_readouts =
        [.. Enum.GetValues<Readout>().Select(readout => (readout, readout.FileName()))];

    private static readonly (ElementType Type, string Name)[] s_inputTypes =
        [.. Enum.GetValues<ElementType>().Select(type => (type, type.NumpyName()))];

    // Places of doubles: 2^-1074 is the least, 2^1023 the greatest power of two. Integers below 2^62, as networks take them.
    private const int LeastExponent = -1074, GreatestExponent = 1023, MostInputBits = 96;

    private static KeyValuePair<string, string>[] DescribeRelu(ReluNetwork network) =>
    [
        new("readout", network.Readout.FileName()),
        new("input_type", network.Box.Type.NumpyName()),
        new("input_exponent", network.Box.Exponent.ToString(CultureInfo.InvariantCulture)),
        new("input_least", network.Box.Least.ToString(CultureInfo.InvariantCulture)),
        new("input_greatest", network.Box.Greatest.ToString(CultureInfo.InvariantCulture)),
    ];

    private static ReluNetwork LoadRelu(SafetensorsReader file, CommonFields fields)
    {
        Readout readout = ReadWord(file, "readout", s_readouts);
        InputBox box = ReadBox(file);
        int samples = fields.Samples ?? ReadInteger<int>(file, "samples"); // throws where it is missing
        RequireKnownTensors(file, fields, SparseLayerTensors.Names);
        foreach (string name in SparseLayerTensors.Names) RequireTensor(file, name);
        var tensors = new SparseLayerTensors(file);
        ReadTensors(file, fields, tensors.Read);
        SparseLayer[] layers = tensors.ToLayers(fields.Dimension);
        return Guarded(file, () => new ReluNetwork(layers, new ReluNetworkDescription
        {
            Method = fields.Method,
            Classes = fields.Classes,
            Readout = readout,
            Samples = samples,
            Box = box,
            Notes = fields.Notes,
        }));
    }

    private static InputBox ReadBox(SafetensorsReader file)
    {
        ElementType type = ReadWord(file, "input_type", s_inputTypes);
        int exponent = ReadInteger<int>(file, "input_exponent", NumberStyles.AllowLeadingSign);
        Int128 least = ReadInteger<Int128>(file, "input_least", NumberStyles.AllowLeadingSign);
        Int128 greatest = ReadInteger<Int128>(file, "input_greatest", NumberStyles.AllowLeadingSign);
        if (exponent is < LeastExponent or > GreatestExponent || (type == ElementType.UInt8 && exponent != 0))
            throw Defect(file, "input_exponent", $"{exponent} is no place of a value of type {type.NumpyName()}");
        if (least <= -Int128.One << MostInputBits || (type == ElementType.UInt8 && least < 0))
            throw Defect(file, "input_least", $"{least} is below every value of type {type.NumpyName()}");
        if (greatest >= Int128.One << MostInputBits || (type == ElementType.UInt8 && greatest > byte.MaxValue))
            throw Defect(file, "input_greatest", $"{greatest} is above every value of type {type.NumpyName()}");
        if (least > greatest) throw Defect(file, "input_greatest", $"{greatest} is below input_least");
        return new InputBox(type, exponent, least, greatest);
    }

    private static T ReadWord<T>(SafetensorsReader file, string key, (T Value, string Name)[] words)
    {
        string word = Require(file, key);
        int index = Array.FindIndex(words, entry => entry.Name == word);
        return index >= 0 ? words[index].Value : throw Defect(file, key,
            $"'{SafetensorsHeader.Printable(word)}' is none of {string.Join(", ", words.Select(entry => entry.Name))}");
    }
}
