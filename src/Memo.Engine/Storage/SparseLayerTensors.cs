// The layers of a ReluNetwork as tensors; the layout is described at NetworkFile. This part writes.
using System.Numerics;
using Memo.Networks;

namespace Memo.Storage;

/// <summary>
/// All layers of a network over the integers in six tensors, however many layers there are: compressed sparse rows, the
/// weights and then the biases as signs and 32-bit limbs. There is one form for every network: equal layers have equal
/// bytes, and nothing else is read.
/// </summary>
internal sealed partial class SparseLayerTensors
{
    private const string Sizes = "layer_sizes", RowStarts = "row_starts", Columns = "columns", LimbStarts = "limb_starts",
        Limbs = "limbs", Signs = "signs";

    private const int LimbBits = 32, LimbBytes = LimbBits / 8;

    // A number of 2^29 bits. Runtimes stop at 2^31, and no construction comes near.
    private const int MostLimbs = 1 << 24;

    private const int BufferBytes = 1 << 16;

    /// <summary>The tensors' names.</summary>
    public static ReadOnlySpan<string> Names => s_names;

    private static readonly string[] s_names = [Sizes, RowStarts, Columns, LimbStarts, Limbs, Signs];

    /// <summary>The tensors, written a buffer at a time. O(rows + entries) here, O(limbs) when written.</summary>
    /// <exception cref="MemoException">2^31 numbers or limbs, or a number of more than 2^29 bits.</exception>
    public static IReadOnlyList<TensorSource> LayOut(ReluNetwork network)
    {
        SparseLayer[] layers = network.WeightLayers.ToArray();
        long rows = layers.Sum(layer => (long)layer.Outputs), entries = layers.Sum(layer => (long)layer.Columns.Length);
        long limbs = 0;
        foreach (BigInteger number in Numbers(layers)) limbs += LimbCount(number);
        if (rows + entries >= int.MaxValue || limbs > int.MaxValue)
            throw new MemoException($"{rows + entries} weights and biases with {limbs} limbs of {LimbBits} bits are more than " +
                                    $"a network file holds, {int.MaxValue} of each");
        if (network.Size.Bits > MostLimbs * LimbBits)
            throw new MemoException($"a weight of {network.Size.Bits} bits is longer than a network file holds, " +
                                    $"{MostLimbs * LimbBits}");
        return
        [
            new(Sizes, TensorType.I32, [layers.Length + 1], sink =>
                Write([network.Dimension, .. layers.Select(layer => layer.Outputs)], sink)),
            new(RowStarts, TensorType.I32, [rows + 1], sink => Write(Starts(layers), sink)),
            new(Columns, TensorType.I32, [entries], sink =>
            {
                foreach (SparseLayer layer in layers) TensorSource.Write(layer.Columns, sink);
            }),
            new(LimbStarts, TensorType.I32, [entries + rows + 1], sink => Write(LimbStartsOf(layers), sink)),
            new(Limbs, TensorType.U32, [limbs], sink => WriteLimbs(Numbers(layers), sink)),
            new(Signs, TensorType.I8, [entries + rows], sink => WriteSigns(Numbers(layers), sink)),
        ];
    }

    // All weights, layer by layer, and then all biases.
    private static IEnumerable<BigInteger> Numbers(SparseLayer[] layers)
    {
        foreach (SparseLayer layer in layers)
            for (int e = 0; e < layer.Weights.Length; e++) yield return layer.Weights[e];
        foreach (SparseLayer layer in layers)
            for (int row = 0; row < layer.Outputs; row++) yield return layer.Biases[row];
    }

    private static IEnumerable<int> Starts(SparseLayer[] layers)
    {
        int start = 0;
        yield return start;
        foreach (SparseLayer layer in layers)
        {
            for (int row = 1; row <= layer.Outputs; row++) yield return start + layer.RowStarts[row];
            start += layer.Columns.Length;
        }
    }

    private static IEnumerable<int> LimbStartsOf(SparseLayer[] layers)
    {
        int start = 0;
        yield return start;
        foreach (BigInteger number in Numbers(layers)) yield return start += LimbCount(number);
    }

    private static int LimbCount(BigInteger number) =>
        number.IsZero ? 0 : (int)((BigInteger.Abs(number).GetBitLength() + LimbBits - 1) / LimbBits);

    private static void Write(IEnumerable<int> values, ByteSink sink)
    {
        var buffer = new int[BufferBytes / sizeof(int)];
        int used = 0;
        foreach (int value in values)
        {
            buffer[used++] = value;
            if (used == buffer.Length) TensorSource.Write<int>(buffer, sink);
            used %= buffer.Length;
        }
        TensorSource.Write<int>(buffer.AsSpan(0, used), sink);
    }

    private static void WriteSigns(IEnumerable<BigInteger> numbers, ByteSink sink)
    {
        var buffer = new byte[BufferBytes];
        int used = 0;
        foreach (BigInteger number in numbers)
        {
            buffer[used++] = (byte)(sbyte)number.Sign;
            if (used == buffer.Length) sink(buffer);
            used %= buffer.Length;
        }
        sink(buffer.AsSpan(0, used));
    }

    private static void WriteLimbs(IEnumerable<BigInteger> numbers, ByteSink sink)
    {
        var buffer = new byte[BufferBytes];
        int used = 0;
        foreach (BigInteger number in numbers)
        {
            if (number.IsZero) continue;
            int bytes = LimbCount(number) * LimbBytes;
            if (used + bytes > buffer.Length)
            {
                sink(buffer.AsSpan(0, used));
                used = 0;
                if (bytes > buffer.Length) buffer = new byte[bytes];
            }
            Span<byte> place = buffer.AsSpan(used, bytes);
            place[^LimbBytes..].Clear(); // what the number does not fill is part of its last limb
            BigInteger.Abs(number).TryWriteBytes(place, out _, isUnsigned: true);
            used += bytes;
        }
        sink(buffer.AsSpan(0, used));
    }
}
