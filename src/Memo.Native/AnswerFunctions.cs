// libmemo, answers: what a network says of queries, exactly, and copied to the caller on demand.
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Native;

internal static unsafe class AnswerFunctions
{
    [UnmanagedCallersOnly(EntryPoint = "memo_network_evaluate", CallConvs = [typeof(CallConvCdecl)])]
    public static int Evaluate(ulong network, MatrixView* queries, int outputs, RunRequest* run, ulong* answers) => Guard.Run(() =>
    {
        CallException.ThrowIfNull(answers, "answers");
        *answers = 0;
        const Outputs All = Outputs.Values | Outputs.Radii | Outputs.Nearest;
        if ((outputs & ~(int)All) != 0)
            throw CallException.InvalidArgument($"outputs is {outputs}: give a sum of MEMO_VALUES, MEMO_RADII and MEMO_NEAREST, or 0");
        var view = MatrixView.Read(queries, "queries");
        var held = Handles.Get<HeldNetwork>(network, HeldNetwork.Kind);
        view.RequireColumns("queries", held.Network.Dimension, "the network takes");
        view.RequireOneBlock("queries");
        SampleMatrix samples = view.Samples(0, (int)view.Rows);
        Predictions found = LongCall.Run(run, work => held.Network.Predict(samples, (Outputs)outputs, work));
        *answers = Handles.Add(new HeldAnswers(found, held.Labels));
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_answers_labels", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetLabels(ulong answers, int* labels, long length) => Guard.Run(() =>
    {
        HeldAnswers held = Get(answers);
        CallException.RequireLength(labels, length, held.Predictions.Labels.Length, "labels");
        held.Labels.Write(held.Predictions.Labels, labels);
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_answers_values", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetValues(ulong answers, double* values, long length) => Guard.Run(() =>
    {
        Predictions found = Get(answers).Predictions;
        BigInteger[] exact = Require(found.Values, "MEMO_VALUES");
        CallException.RequireLength(values, length, exact.Length, "values");
        for (int i = 0; i < exact.Length; i++)
            values[i] = KeepSign(NearestDouble.OfFraction(exact[i] * found.ScaleNumerator, found.ScaleDenominator), exact[i].Sign);
    });

    // A value too small for a double is the least one rather than 0, which would be an abstention; one too large the largest.
    private static double KeepSign(double rounded, int sign) =>
        rounded == 0 ? sign * double.Epsilon : double.IsInfinity(rounded) ? sign * double.MaxValue : rounded;

    [UnmanagedCallersOnly(EntryPoint = "memo_answers_exact_values", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetExactValues(ulong answers, byte* text, long capacity, long* length) => Guard.Run(() =>
    {
        Texts.RequireBuffer(text, capacity);
        HeldAnswers held = Get(answers);
        Require(held.Predictions.Values, "MEMO_VALUES");
        Texts.Write(held.ExactValues, text, capacity, length);
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_answers_scale", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetScale(ulong answers, byte* text, long capacity, long* length) => Guard.Run(() =>
    {
        Texts.RequireBuffer(text, capacity);
        Predictions found = Get(answers).Predictions;
        Require(found.Values, "MEMO_VALUES");
        Texts.Write(string.Create(CultureInfo.InvariantCulture, $"{found.ScaleNumerator}/{found.ScaleDenominator}"), text, capacity, length);
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_answers_radii", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetRadii(ulong answers, double* radii, long length) => Guard.Run(() =>
    {
        double[] found = Require(Get(answers).Predictions.Radii, "MEMO_RADII");
        CallException.RequireLength(radii, length, found.Length, "radii");
        found.CopyTo(new Span<double>(radii, found.Length));
    });

    [UnmanagedCallersOnly(EntryPoint = "memo_answers_nearest", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetNearest(ulong answers, long* rows, long length) => Guard.Run(() =>
    {
        int[] found = Require(Get(answers).Predictions.Nearest, "MEMO_NEAREST");
        CallException.RequireLength(rows, length, found.Length, "rows");
        for (int i = 0; i < found.Length; i++) rows[i] = found[i];
    });

    private static HeldAnswers Get(ulong answers) => Handles.Get<HeldAnswers>(answers, HeldAnswers.Kind);

    private static T Require<T>(T? found, string output) where T : class => found ??
        throw CallException.InvalidArgument($"the answers were computed without {output}; ask memo_network_evaluate() for it");
}
