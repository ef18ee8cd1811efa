using System.Globalization;
using Memo.Data;
using Memo.Networks;

namespace Memo.Cli;

/// <summary>
/// Predictions as NumPy files. .npy: labels, int32. .npz: labels; values [Q] or [Q, K] as decimal strings, because no
/// NumPy number holds them; scale "p/q"; radii, float64, where the network has them; classes. A label is a class
/// value where the classes are integers, else an index into classes; INT32_MIN is an abstention.
/// </summary>
internal static class PredictionFile
{
    public static void Write(string path, Predictions predictions, INetwork network)
    {
        ClassList classes = network.Classes;
        var labels = NumpyArray.From<int>(Array.ConvertAll(predictions.Labels,
            label => label == Predictions.Abstention ? int.MinValue : classes.ExternalValue(label)));
        if (predictions.Values is not { } values)
        {
            NumpyFile.WriteNpy(path, labels);
            return;
        }
        int count = predictions.Labels.Length;
        int[] shape = network.OutputCount == 1 ? [count] : [count, network.OutputCount];
        NumpyFile.WriteNpz(path,
        [
            ("labels", labels),
            ("values", NumpyArray.From(Array.ConvertAll(values, value => value.ToString(CultureInfo.InvariantCulture)), shape)),
            ("scale", NumpyArray.From([$"{predictions.ScaleNumerator}/{predictions.ScaleDenominator}"])),
            .. predictions.Radii is { } radii ? [("radii", NumpyArray.From<double>(radii))] : Array.Empty<(string, NumpyArray)>(),
            ("classes", classes.AreIntegers
                ? NumpyArray.From<int>(Enumerable.Range(0, classes.Count).Select(classes.ExternalValue).ToArray())
                : NumpyArray.From([.. classes])),
        ]);
    }
}
