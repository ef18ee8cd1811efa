// libmemo, data: labelled samples from the caller's memory or from files, and how hard they are to memorize.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Memo.Data;
using Memo.Measures;
using Memo.Numerics;

namespace Memo.Native;

internal static unsafe class DataFunctions
{
    [UnmanagedCallersOnly(EntryPoint = "memo_data_create", CallConvs = [typeof(CallConvCdecl)])]
    public static int Create(MatrixView* points, int* labels, long labelsLength, byte** classNames, long classCount, ulong* data) =>
        Guard.Run(() =>
        {
            CallException.ThrowIfNull(data, "data");
            *data = 0;
            var view = MatrixView.Read(points, "points");
            if ((Int128)view.Rows * view.Columns > Array.MaxLength)
                throw CallException.InvalidArgument($"points: {view.Rows} rows of {view.Columns} are more than {Array.MaxLength} elements");
            if (labelsLength != view.Rows)
                throw CallException.InvalidArgument($"labels: {labelsLength} labels, but there are {view.Rows} samples");
            if (view.Rows > 0) CallException.ThrowIfNull(labels, "labels");
            var given = new ReadOnlySpan<int>(labels, (int)labelsLength);
            (ClassList classes, int[] indices) = classNames == null
                ? ClassesOf(given, classCount)
                : (NamedClasses(classNames, classCount), RequireIndices(given, classCount));
            var samples = new Dataset(view.Copy(), indices, classes, "the data");
            *data = Handles.Add(new HeldData(samples, new Dictionary<string, string>()));
        });

    private static (ClassList Classes, int[] Indices) ClassesOf(ReadOnlySpan<int> labels, long classCount)
    {
        if (classCount != 0) throw CallException.InvalidArgument($"class_count is {classCount}, but class_names is NULL");
        if (labels.IndexOf(ExternalLabels.Abstention) is >= 0 and int row)
            throw CallException.InvalidArgument($"labels: row {row} has INT32_MIN, which marks an abstention");
        int[] values = [.. labels.ToArray().Distinct().Order()];
        var indices = new int[labels.Length];
        for (int i = 0; i < indices.Length; i++) indices[i] = Array.BinarySearch(values, labels[i]);
        return (ClassList.FromIntegers(values), indices);
    }

    private static ClassList NamedClasses(byte** names, long count)
    {
        if (count is < 1 or > 1 << 24) throw CallException.InvalidArgument($"class_count is {count}");
        var read = new string[count];
        for (int k = 0; k < read.Length; k++) read[k] = Texts.Read(names[k], $"class_names[{k}]");
        try
        {
            return new ClassList(read);
        }
        catch (MemoException error)
        {
            throw CallException.InvalidArgument($"class_names: {error.Message}");
        }
    }

    private static int[] RequireIndices(ReadOnlySpan<int> labels, long classCount)
    {
        for (int i = 0; i < labels.Length; i++)
            if (labels[i] < 0 || labels[i] >= classCount)
                throw CallException.InvalidArgument($"labels: row {i} has {labels[i]}, which is no index into the {classCount} class names");
        return labels.ToArray();
    }

    [UnmanagedCallersOnly(EntryPoint = "memo_data_open", CallConvs = [typeof(CallConvCdecl)])]
    public static int Open(byte* reference, int part, ulong* data) => Guard.Run(() =>
    {
        CallException.ThrowIfNull(data, "data");
        *data = 0;
        string text = Texts.Read(reference, "reference");
        DataPart wanted = part switch
        {
            0 => DataPart.Train,
            1 => DataPart.Test,
            _ => throw CallException.InvalidArgument($"part is {part}: give MEMO_TRAIN or MEMO_TEST"),
        };
        var source = DataReference.Parse(text);
        var provenance = new Dictionary<string, string>
        {
            ["data"] = source.Text,
            ["part"] = !source.HasParts ? "all" : wanted == DataPart.Train ? "train" : "test",
        };
        *data = Handles.Add(new HeldData(source.Load(wanted), provenance));
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_data_info", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetInfo(ulong data, DataProperties* properties) => Guard.Run(() =>
    {
        Structures.RequireSize(properties, "properties");
        Dataset samples = Handles.Get<HeldData>(data, HeldData.Kind).Samples;
        Structures.Write(properties, "properties", new DataProperties
        {
            Rows = samples.Count,
            Columns = samples.Dimension,
            Classes = samples.Classes.Count,
            ElementType = MatrixView.NumberOf(samples.Points.ElementType),
            LabelsAreClassValues = samples.Classes.AreIntegers ? 1 : 0,
        });
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_data_points", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetPoints(ulong data, void* points, long capacity) => Guard.Run(() =>
    {
        switch (Handles.Get<HeldData>(data, HeldData.Kind).Samples.Points)
        {
            case SampleMatrix<byte> bytes: CopyRows(bytes, (byte*)points, capacity); break;
            case SampleMatrix<float> floats: CopyRows(floats, (float*)points, capacity); break;
            case SampleMatrix<double> doubles: CopyRows(doubles, (double*)points, capacity); break;
        }
    });

    private static void CopyRows<T>(SampleMatrix<T> matrix, T* target, long capacity) where T : unmanaged, System.Numerics.INumber<T>
    {
        long needed = (long)matrix.Rows * matrix.Columns * sizeof(T);
        if (capacity < needed)
            throw CallException.InvalidArgument($"points holds {capacity} bytes, but the samples need {needed}");
        if (needed > 0) CallException.ThrowIfNull(target, "points");
        for (int i = 0; i < matrix.Rows; i++)
            matrix.Row(i).CopyTo(new Span<T>(target + (long)i * matrix.Columns, matrix.Columns));
    }

    [UnmanagedCallersOnly(EntryPoint = "memo_data_labels", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetLabels(ulong data, int* labels, long length) => Guard.Run(() =>
    {
        var held = Handles.Get<HeldData>(data, HeldData.Kind);
        CallException.RequireLength(labels, length, held.Samples.Count, "labels");
        held.Labels.Write(held.Samples.Labels, labels);
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_data_measure", CallConvs = [typeof(CallConvCdecl)])]
    public static int Measure(ulong data, RunRequest* run, Measures* measures) => Guard.Run(() =>
    {
        Structures.RequireSize(measures, "measures");
        Dataset samples = Handles.Get<HeldData>(data, HeldData.Kind).Samples;
        DataMeasures found = LongCall.Run(run, options => DataMeasures.Of(samples, options));
        var filled = new Measures { Conflicts = found.Conflicts, Duplicates = found.Duplicates, Separation = found.Separation };
        (filled.Closest[0], filled.Closest[1]) = (found.First, found.Partner);
        Structures.Write(measures, "measures", filled);
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_data_nearest_other", CallConvs = [typeof(CallConvCdecl)])]
    public static int FindNearestOther(ulong data, RunRequest* run, long* rows, double* squaredDistances, long length) => Guard.Run(() =>
    {
        Dataset samples = Handles.Get<HeldData>(data, HeldData.Kind).Samples;
        if (length != samples.Count)
            throw CallException.InvalidArgument($"length is {length}, but there are {samples.Count} samples");
        NearestOther found = LongCall.Run(run, options => NearestOther.Of(samples, options));
        for (int i = 0; i < samples.Count; i++)
        {
            if (rows != null) rows[i] = found.Points[i];
            if (squaredDistances != null) squaredDistances[i] = NearestDouble.Of(found.SquaredDistances[i]);
        }
    });
}

/// <summary>memo_data_properties of memo.h. Fields are only ever appended.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DataProperties : ISizedStructure
{
    public long StructSize;
    public long Rows;
    public long Columns;
    public long Classes;
    public int ElementType;
    public int LabelsAreClassValues;

    public static string Name => "memo_data_properties";

    public static int FirstSize => 40;
}

/// <summary>memo_measures of memo.h. Fields are only ever appended.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Measures : ISizedStructure
{
    public long StructSize;
    public long Conflicts;
    public long Duplicates;
    public double Separation;
    public fixed long Closest[2];

    public static string Name => "memo_measures";

    public static int FirstSize => 48;
}
