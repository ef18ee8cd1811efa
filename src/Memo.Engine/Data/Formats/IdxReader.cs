// IDX, the format of MNIST and its relatives (Y. LeCun, C. Cortes, C. Burges, "The MNIST database").

using System.Buffers.Binary;

namespace Memo.Data.Formats;

/// <summary>
/// An IDX file: two zero bytes, the element type, the number of dimensions, each dimension as a big-endian int32, then
/// the elements, row-major. Only unsigned bytes (type 0x08) occur in image sets; others are refused.
/// </summary>
internal static class IdxReader
{
    private const byte UnsignedByte = 0x08;

    /// <summary>
    /// Reads images: three dimensions (or two: vectors), of which all after the first are flattened to n features.
    /// </summary>
    public static SampleMatrix<byte> ReadImages(ContentReader content)
    {
        int[] dimensions = ReadHeader(content, "images");
        if (dimensions.Length == 1)
            throw content.Error("holds 1 dimension, so it is no file of images; is it the file of labels?", 3);
        if (dimensions.Length > 3)
            throw content.Error($"the magic number says {dimensions.Length} dimensions; images have 3 (0x00000803), vectors 2", 3);
        Int128 features = 1;
        foreach (int dimension in dimensions.AsSpan(1))
        {
            features *= dimension;
            // At each step, so that the product cannot overflow.
            content.RequireLength(dimensions[0] * features, "pixels");
        }
        if (features > Array.MaxLength)
            throw content.Error($"an image of {features} pixels is more than one array can hold", 8);
        byte[] pixels = content.Budget.Allocate<byte>(content.Path, dimensions[0], (long)features);
        content.ReadExactly(pixels, "the pixels");
        content.ExpectEnd("the pixels");
        return new SampleMatrix<byte>(pixels, dimensions[0], (int)features);
    }

    /// <summary>Reads labels: one dimension.</summary>
    public static byte[] ReadLabels(ContentReader content)
    {
        int[] dimensions = ReadHeader(content, "labels");
        if (dimensions.Length != 1)
            throw content.Error($"holds {dimensions.Length} dimensions, so it is no file of labels; is it the " +
                "file of images?", 3);
        content.RequireLength(dimensions[0], "labels");
        byte[] labels = content.Budget.Allocate<byte>(content.Path, dimensions[0], 1);
        content.ReadExactly(labels, "the labels");
        content.ExpectEnd("the labels");
        return labels;
    }

    // All dimensions are at least 1 on return.
    private static int[] ReadHeader(ContentReader content, string what)
    {
        Span<byte> magic = stackalloc byte[4];
        content.ReadExactly(magic, "the magic number");
        if (magic[0] != 0 || magic[1] != 0 || magic[3] == 0)
            throw content.Error($"the magic number is 0x{Convert.ToHexString(magic)}, not that of an IDX file " +
                                $"(0x0000080{(what == "labels" ? 1 : 3)} for {what})", 0);
        if (magic[2] != UnsignedByte)
            throw content.Error($"the element type is 0x{magic[2]:X2}; only unsigned bytes (0x08) are read", 2);

        var dimensions = new int[magic[3]];
        Span<byte> field = stackalloc byte[4];
        for (int k = 0; k < dimensions.Length; k++)
        {
            long offset = content.Offset;
            content.ReadExactly(field, "the dimensions");
            dimensions[k] = BinaryPrimitives.ReadInt32BigEndian(field);
            if (dimensions[k] < 1)
                throw content.Error(
                    dimensions[k] == 0 ? $"holds no {what}" : $"dimension {k} is {dimensions[k]}", offset);
        }
        return dimensions;
    }
}
