// libmemo, networks: build, open, save, describe, export, predict, verify.
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Memo.Constructions;
using Memo.Data;
using Memo.Features;
using Memo.Measures;
using Memo.Networks;
using Memo.Numerics;
using Memo.Storage;

namespace Memo.Native;

internal static unsafe class NetworkFunctions
{
    [UnmanagedCallersOnly(EntryPoint = "memo_network_build", CallConvs = [typeof(CallConvCdecl)])]
    public static int Build(ulong data, byte* method, BuildOptions* options, RunRequest* run, ulong* network) => Guard.Run(() =>
    {
        CallException.ThrowIfNull(network, "network");
        *network = 0;
        string name = Texts.Read(method, "method");
        if (!Construction.IsKnown(name))
            throw CallException.InvalidArgument($"there is no method '{name}'; there are: {string.Join(", ", Construction.Methods)}");
        BuildOptions asked = options == null ? default : Structures.Read(options, "options");
        var held = Handles.Get<HeldData>(data, HeldData.Kind);
        OnConflict policy = asked.RequireConflictPolicy();
        ConstructionSettings settings = asked.ToSettings(name, held.Labels);
        *network = Handles.Add(LongCall.Run(run, work => Construct(name, held, policy, settings, work)));
    });

    private static HeldNetwork Construct(string method, HeldData data, OnConflict policy, ConstructionSettings settings, RunOptions run)
    {
        Dataset samples = LabelConflicts.Resolve(data.Samples, policy, out int dropped);
        // The same notes as `memo build` leaves.
        var provenance = new Dictionary<string, string>(data.Provenance) { ["program"] = $"libmemo {SystemReport.Version}" };
        if (method == Constant.Method) provenance["rho"] = settings.Rho.ToString();
        if (settings.BlockDepth is { } depth) provenance["block_depth"] = depth.ToString(CultureInfo.InvariantCulture);
        if (settings.DefaultLabel is { } label) provenance["default_label"] = samples.Classes[label];
        if (policy != OnConflict.Error)
        {
            provenance["on_conflict"] = policy == OnConflict.Drop ? "drop" : "majority";
            provenance["dropped"] = dropped.ToString(CultureInfo.InvariantCulture);
        }
        try
        {
            return new HeldNetwork(Construction.Build(method, samples, settings, run), settings.Seed, provenance);
        }
        catch (MemoException error) when (error.Setting == nameof(ConstructionSettings.Rho))
        {
            throw CallException.InvalidArgument($"options: {error.Message}");
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "memo_network_open", CallConvs = [typeof(CallConvCdecl)])]
    public static int Open(byte* path, ulong* network) => Guard.Run(() =>
    {
        CallException.ThrowIfNull(network, "network");
        *network = 0;
        StoredNetwork stored = NetworkFile.Load(Texts.ReadNonEmpty(path, "path"));
        *network = Handles.Add(new HeldNetwork(stored.Network, stored.Seed, stored.Provenance));
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_network_save", CallConvs = [typeof(CallConvCdecl)])]
    public static int Save(ulong network, byte* path) => Guard.Run(() =>
    {
        string name = Texts.ReadNonEmpty(path, "path");
        var held = Handles.Get<HeldNetwork>(network, HeldNetwork.Kind);
        NetworkFile.Save(name, held.Network, held.Seed, held.Provenance);
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_network_export", CallConvs = [typeof(CallConvCdecl)])]
    public static int Export(ulong network, byte* format, byte* path, ExportOptions* options) => Guard.Run(() =>
    {
        string wanted = Texts.Read(format, "format"), name = Texts.ReadNonEmpty(path, "path");
        ExportOptions asked = options == null ? default : Structures.Read(options, "options");
        if (!NetworkExport.Formats.Contains(wanted))
            throw CallException.InvalidArgument($"there is no format '{wanted}'; there are: {string.Join(", ", NetworkExport.Formats)}");
        if (asked.Dense is not (0 or 1)) throw CallException.InvalidArgument($"options: dense is {asked.Dense}: give 0 or 1");
        if (asked.Reserved != 0) throw CallException.InvalidArgument("options: the reserved field must be 0");
        var held = Handles.Get<HeldNetwork>(network, HeldNetwork.Kind);
        NetworkExport.Write(name, wanted, held.Network, held.Seed, asked.Dense == 1, held.Provenance);
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_network_describe", CallConvs = [typeof(CallConvCdecl)])]
    public static int Describe(ulong network, byte* text, long capacity, long* length) => Guard.Run(() =>
    {
        Texts.RequireBuffer(text, capacity);
        var held = Handles.Get<HeldNetwork>(network, HeldNetwork.Kind);
        Texts.Write(NetworkExport.Describe(held.Network, held.Seed), text, capacity, length);
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_network_info", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetInfo(ulong network, NetworkProperties* properties) => Guard.Run(() =>
    {
        Structures.RequireSize(properties, "properties");
        Structures.Write(properties, "properties", NetworkProperties.Of(Handles.Get<HeldNetwork>(network, HeldNetwork.Kind)));
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_class_name", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetClassName(ulong handle, long index, byte* text, long capacity, long* length) => Guard.Run(() =>
    {
        Texts.RequireBuffer(text, capacity);
        ClassList classes = Handles.Get<ClassifiedHolding>(handle, "network or data").Labels.Classes;
        if (index < 0 || index >= classes.Count)
            throw CallException.InvalidArgument($"there is no class number {index}; there are {classes.Count}, counted from 0");
        Texts.Write(classes[(int)index], text, capacity, length);
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_network_predict", CallConvs = [typeof(CallConvCdecl)])]
    public static int Predict(ulong network, MatrixView* queries, int* labels, long labelsLength) => Guard.Run(() =>
    {
        var view = MatrixView.Read(queries, "queries");
        var held = Handles.Get<HeldNetwork>(network, HeldNetwork.Kind);
        view.RequireColumns("queries", held.Network.Dimension, "the network takes");
        CallException.RequireLength(labels, labelsLength, view.Rows, "labels");
        int rows = view.RowsPerBlock(held.Network is CellNetwork ? held.Network.SampleType : null);
        for (long first = 0; first < view.Rows; first += rows)
        {
            int count = (int)Math.Min(rows, view.Rows - first);
            held.Labels.Write(PredictBlock(held.Network, view.Samples(first, count), first), labels + first);
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

    [UnmanagedCallersOnly(EntryPoint = "memo_network_verify", CallConvs = [typeof(CallConvCdecl)])]
    public static int Verify(ulong network, ulong data, int reference, RunRequest* run, VerificationResult* verification) => Guard.Run(() =>
    {
        Structures.RequireSize(verification, "verification");
        if (reference is not (0 or 1)) throw CallException.InvalidArgument($"reference is {reference}: give 0 or 1");
        var held = Handles.Get<HeldNetwork>(network, HeldNetwork.Kind);
        Dataset samples = Handles.Get<HeldData>(data, HeldData.Kind).Samples.AlignTo(held.Network.Classes);
        Verification found = LongCall.Run(run, work =>
        {
            if (held.Network.Cells() is not { } cells) return Verification.Of(held.Network, samples, reference == 1, work);
            Verification.RequireSeparation(cells, reference == 1, work.Stage(0, 2));
            return Verification.Of(held.Network, samples, reference == 1, work.Stage(1, 2));
        });
        Structures.Write(verification, "verification", new VerificationResult
        {
            Rows = found.Rows,
            FirstFailure = found.FirstFailure,
            ResolvedExactly = found.ResolvedExactly,
            Given = found.Memorized ? 0 : held.Labels[found.Given],
        });
    });
}

/// <summary>memo_build_options of memo.h. Fields are only ever appended.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BuildOptions : ISizedStructure
{
    public long StructSize;
    public long LambdaNumerator;
    public long LambdaDenominator;
    public long RhoNumerator;
    public long RhoDenominator;
    public long BlockDepth;
    public ulong Seed;
    public int OnConflict;
    public int HasDefaultLabel;
    public int DefaultLabel;
    public int Reserved;

    public static string Name => "memo_build_options";

    public static int FirstSize => 72;

    public readonly OnConflict RequireConflictPolicy() => OnConflict switch
    {
        0 => Data.OnConflict.Error,
        1 => Data.OnConflict.Drop,
        2 => Data.OnConflict.Majority,
        _ => throw CallException.InvalidArgument($"options: on_conflict is {OnConflict}: give MEMO_CONFLICT_ERROR, _DROP or _MAJORITY"),
    };

    /// <summary>
    /// The engine's settings, as far as the method heeds them; <paramref name="labels"/> are those of the data, which
    /// default_label is one of.
    /// </summary>
    public readonly ConstructionSettings ToSettings(string method, ExternalLabels labels)
    {
        if (Reserved != 0) throw CallException.InvalidArgument("options: the reserved field must be 0");
        var settings = new ConstructionSettings { Seed = Seed };
        if (method is Cells.Method or Constant.Method or Condense.Method)
        {
            settings = settings with { Lambda = Fraction(LambdaNumerator, LambdaDenominator, "lambda") ?? settings.Lambda };
            if (2 * (long)settings.Lambda.Numerator <= settings.Lambda.Denominator)
                throw CallException.InvalidArgument($"options: lambda is {settings.Lambda}: it must lie strictly between 1/2 and 1");
        }
        switch (method)
        {
            case Constant.Method:
                return settings with { Rho = Fraction(RhoNumerator, RhoDenominator, "rho") ?? settings.Rho };
            case Vardi.Method when BlockDepth is < 0 or > int.MaxValue:
                throw CallException.InvalidArgument($"options: block_depth is {BlockDepth}: give at least 1, or 0 for one network");
            case Vardi.Method when BlockDepth > 0:
                return settings with { BlockDepth = (int)BlockDepth };
            case Adversarial.Method when HasDefaultLabel is not (0 or 1):
                throw CallException.InvalidArgument($"options: has_default_label is {HasDefaultLabel}: give 0 or 1");
            case Adversarial.Method when HasDefaultLabel == 1:
                return labels.IndexOf(DefaultLabel) is >= 0 and int index ? settings with { DefaultLabel = index }
                    : throw CallException.InvalidArgument($"options: default_label is {DefaultLabel}, which is no label of the data");
            default:
                return settings;
        }
    }

    private static Ratio? Fraction(long numerator, long denominator, string name)
    {
        if ((numerator, denominator) == (0, 0)) return null;
        long divisor = (long)BigInteger.GreatestCommonDivisor(Math.Max(numerator, 1), Math.Max(denominator, 1));
        if (numerator < 1 || denominator <= numerator || denominator / divisor > int.MaxValue)
            throw CallException.InvalidArgument($"options: {name} is {numerator} / {denominator}: give a fraction between 0 and 1 of " +
                                                "numbers below 2^31, or 0 / 0 for the default");
        return new Ratio((int)(numerator / divisor), (int)(denominator / divisor));
    }
}

/// <summary>memo_export_options of memo.h. Fields are only ever appended.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExportOptions : ISizedStructure
{
    public long StructSize;
    public int Dense;
    public int Reserved;

    public static string Name => "memo_export_options";

    public static int FirstSize => 16;
}

/// <summary>memo_verification of memo.h. Fields are only ever appended.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VerificationResult : ISizedStructure
{
    public long StructSize;
    public long Rows;
    public long FirstFailure;
    public long ResolvedExactly;
    public int Given;
    public int Reserved;

    public static string Name => "memo_verification";

    public static int FirstSize => 40;
}

/// <summary>memo_network_properties of memo.h. Fields are only ever appended.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetworkProperties : ISizedStructure
{
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
    public long Outputs;
    public ulong Seed;

    public static string Name => "memo_network_properties";

    public static int FirstSize => 96;

    public static NetworkProperties Of(HeldNetwork held)
    {
        INetwork network = held.Network;
        return new()
        {
            Samples = network.Samples,
            Dimension = network.Dimension,
            Classes = network.Classes.Count,
            ElementType = MatrixView.NumberOf(network.SampleType),
            LabelsAreClassValues = network.Classes.AreIntegers ? 1 : 0,
            LambdaNumerator = network.Cells()?.Lambda.Numerator ?? 0,
            LambdaDenominator = network.Cells()?.Lambda.Denominator ?? 0,
            Depth = network.Size.Depth,
            Width = Saturate(network.Size.Width),
            Parameters = Saturate(network.Size.Parameters),
            NonZero = Saturate(network.Size.NonZero),
            Bits = network.Size.Bits,
            Outputs = network.OutputCount,
            Seed = held.Seed,
        };
    }

    private static long Saturate(BigInteger count) => count > long.MaxValue ? long.MaxValue : (long)count;
}
