// libmemo, networks: open, describe, predict.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Memo.Data;
using Memo.Networks;
using Memo.Storage;

namespace Memo.Native;

internal static unsafe class NetworkFunctions
{
    private const string Kind = "network";
    private const int Abstention = int.MinValue;

    [UnmanagedCallersOnly(EntryPoint = "memo_network_open", CallConvs = [typeof(CallConvCdecl)])]
    public static int Open(byte* path, ulong* network) => Guard.Run(() =>
    {
        CallException.ThrowIfNull(network, "network");
        *network = 0;
        CallException.ThrowIfNull(path, "path");
        string name = Marshal.PtrToStringUTF8((nint)path)!;
        if (name.Length == 0) throw new CallException(Status.InvalidArgument, "path is empty");
        *network = Handles.Add(NetworkFile.Load(name).Network);
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_network_info", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetInfo(ulong network, NetworkProperties* properties) => Guard.Run(() =>
    {
        CallException.ThrowIfNull(properties, "properties");
        long size = properties->StructSize;
        if (size is < NetworkProperties.FirstSize or > NetworkProperties.LargestSize)
            throw new CallException(Status.InvalidArgument,
                $"properties->struct_size is {size}: set it to sizeof(memo_network_properties), at least {NetworkProperties.FirstSize}");
        NetworkProperties found = NetworkProperties.Of(Handles.Get<INetwork>(network, Kind));
        found.StructSize = size;
        // A caller compiled against a later header has fields that this library does not know: they become 0.
        var target = new Span<byte>(properties, (int)size);
        target.Clear();
        new ReadOnlySpan<byte>(&found, (int)Math.Min(size, sizeof(NetworkProperties))).CopyTo(target);
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_network_predict", CallConvs = [typeof(CallConvCdecl)])]
    public static int Predict(ulong network, MatrixView* queries, int* labels, long labelsLength) => Guard.Run(() =>
    {
        CallException.ThrowIfNull(queries, "queries");
        var target = Handles.Get<INetwork>(network, Kind);
        MatrixView view = *queries;
        view.RequireReadable("queries", target.Dimension);
        if (labelsLength != view.Rows)
            throw new CallException(Status.InvalidArgument, $"labels has room for {labelsLength} labels, but there are {view.Rows} queries");
        if (view.Rows > 0) CallException.ThrowIfNull(labels, "labels");

        int[] values = [.. Enumerable.Range(0, target.Classes.Count).Select(target.Classes.ExternalValue)];
        for (long first = 0; first < view.Rows; first += view.RowsPerBlock)
        {
            int count = (int)Math.Min(view.RowsPerBlock, view.Rows - first);
            int[] found = PredictBlock(target, view.CopyRows(first, count), first);
            for (int i = 0; i < count; i++)
                labels[first + i] = found[i] == Predictions.Abstention ? Abstention : values[found[i]];
        }
    });

    private static int[] PredictBlock(INetwork network, SampleMatrix queries, long first)
    {
        try
        {
            return network.Predict(queries, Outputs.Labels, LibraryFunctions.Run).Labels;
        }
        catch (MemoException error) when (first > 0)
        {
            throw new MemoException($"among the queries from row {first}, counted from there: {error.Message}", error);
        }
    }
}

/// <summary>memo_network_properties of memo.h. Fields are only ever appended.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetworkProperties
{
    /// <summary>The size of the structure in ABI version 1: the least that a caller may pass.</summary>
    public const long FirstSize = 96;

    /// <summary>Beyond any size that this structure will grow to: a value above it was never set.</summary>
    public const long LargestSize = 4096;

    public long StructSize;
    public long Samples;
    public long Dimension;
    public long Classes;
    public int ElementType;
    public int LabelsAreClassValues;
    public long LambdaNumerator;
    public long LambdaDenominator;
    public long Depth;
    public long Width;
    public long Parameters;
    public long NonZero;
    public long Bits;

    public static NetworkProperties Of(INetwork network) => new()
    {
        Samples = network.Samples,
        Dimension = network.Dimension,
        Classes = network.Classes.Count,
        ElementType = MatrixView.NumberOf(network.SampleType),
        LabelsAreClassValues = network.Classes.AreIntegers ? 1 : 0,
        LambdaNumerator = network is CellNetwork { Lambda: var p } ? p.Numerator : 0,
        LambdaDenominator = network is CellNetwork { Lambda: var q } ? q.Denominator : 0,
        Depth = network.Size.Depth,
        Width = Saturate(network.Size.Width),
        Parameters = Saturate(network.Size.Parameters),
        NonZero = Saturate(network.Size.NonZero),
        Bits = network.Size.Bits,
    };

    private static long Saturate(BigInteger count) => count > long.MaxValue ? long.MaxValue : (long)count;
}
