// The element types of a safetensors file, with their names and widths in the format.
namespace Memo.Storage;

/// <summary>The element types of a safetensors file that the engine knows; all little-endian.</summary>
internal enum TensorType
{
    /// <summary>"BOOL", one byte.</summary>
    Bool,
    /// <summary>"U8".</summary>
    U8,
    /// <summary>"I8".</summary>
    I8,
    /// <summary>"U16".</summary>
    U16,
    /// <summary>"I16".</summary>
    I16,
    /// <summary>"F16", IEEE binary16.</summary>
    F16,
    /// <summary>"BF16", the upper half of a binary32.</summary>
    BF16,
    /// <summary>"U32".</summary>
    U32,
    /// <summary>"I32".</summary>
    I32,
    /// <summary>"F32", IEEE binary32.</summary>
    F32,
    /// <summary>"U64".</summary>
    U64,
    /// <summary>"I64".</summary>
    I64,
    /// <summary>"F64", IEEE binary64.</summary>
    F64,
}

/// <summary>Names and widths of the element types.</summary>
internal static class TensorTypes
{
    private static readonly (string Name, TensorType Type, int Bytes)[] s_types =
    [
        ("BOOL", TensorType.Bool, 1), ("U8", TensorType.U8, 1), ("I8", TensorType.I8, 1),
        ("U16", TensorType.U16, 2), ("I16", TensorType.I16, 2), ("F16", TensorType.F16, 2), ("BF16", TensorType.BF16, 2),
        ("U32", TensorType.U32, 4), ("I32", TensorType.I32, 4), ("F32", TensorType.F32, 4),
        ("U64", TensorType.U64, 8), ("I64", TensorType.I64, 8), ("F64", TensorType.F64, 8),
    ];

    /// <summary>Bytes of one element: 1, 2, 4 or 8.</summary>
    public static int ElementBytes(this TensorType type) => s_types[(int)type].Bytes;

    /// <summary>The type's name in the header, such as "F32".</summary>
    public static string FormatName(this TensorType type) => s_types[(int)type].Name;

    /// <summary>The type of a name in the header, or null for one that the engine does not know.</summary>
    public static TensorType? FromFormatName(string name)
    {
        foreach ((string known, TensorType type, _) in s_types)
            if (known == name) return type;
        return null;
    }
}
