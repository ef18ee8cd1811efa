using System.Globalization;
using Memo.Data;
using Memo.Networks;

namespace Memo.Cli;

/// <summary>
/// Predictions as NumPy files. .npy: labels, int32. .npz: labels; values [Q] or [Q, K] as decimal strings, because no
/// NumPy number holds them; scale "p/q"; radii, float64; classes. A label is a class value where the classes are integers,
/// else an index into classes; INT32_MIN is an abstention.
/// </summary>
internal static class PredictionFile
{
    public static void Write(string path, Predictions predictions, ClassList classes)
    {
        var labels = NumpyArray.From<int>(Array.ConvertAll(predictions.Labels,
            label => label == Predictions.Abstention ? int.MinValue : classes.ExternalValue(label)));
        if (predictions.Values is not { } values || predictions.Radii is not { } radii)
        {
            NumpyFile.WriteNpy(path, labels);
            return;
        }
        int count = predictions.Labels.Length;
        int[] shape = classes.Count == 2 ? [count] : [count, classes.Count];
        NumpyFile.WriteNpz(path,
        [
            ("labels", labels),
            ("values", NumpyArray.From(Array.ConvertAll(values, value => value.ToString(CultureInfo.InvariantCulture)), shape)),
            ("scale", NumpyArray.From([$"{predictions.ScaleNumerator}/{predictions.ScaleDenominator}"])),
            ("radii", NumpyArray.From<double>(radii)),
            ("classes", classes.AreIntegers
                ? NumpyArray.From<int>(Enumerable.Range(0, classes.Count).Select(classes.ExternalValue).ToArray())
                : NumpyArray.From([.. classes])),
        ]);
    }
}
