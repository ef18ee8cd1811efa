using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Memo.Data;
using Memo.Features;
using Memo.Networks;

namespace Memo.Storage;

/// <summary>
/// A certificate that a network memorizes data: JSON lines, a header and then a witness for each row, which a short program can
/// check without the engine (native/python/check_certificate.py).
/// <list type="bullet">
/// <item>Header: format ("memo-certificate"), version, network_sha256, method, data, dtype, dimension, rows, scale (integer
/// networks: F = value times this fraction).</item>
/// <item>A row: row (in its file), label (its class), and the witness. Networks of cells: point, a training point whose neuron fires.
/// A row that equals the point needs no more: then S_ij = (1 - lambda) P_ij is positive for every j of another label, the neuron
/// fires, and by Lemma A none of another label does. Other rows carry their values in x (base64, little-endian), and the checker
/// computes S_ij for every j. Integer networks: x and value, the exact F in units of scale, which the checker computes.</item>
/// </list>
/// </summary>
internal static class CertificateFile
{
    private const int BatchSize = 4096; // rows explained together, so that a block's explanations are all that is held

    /// <summary>Writes the certificate, all of it or nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stored">The network, as it was loaded.</param>
    /// <param name="rows">Rows of its classes and type that it memorizes.</param>
    /// <param name="data">What to call them.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="MemoException">A row is not memorized.</exception>
    public static void Write(string path, StoredNetwork stored, Dataset rows, string data, RunOptions run) => AtomicFile.Write(path, stream =>
    {
        INetwork network = stored.Network;
        if (network is FeatureNetwork)
            throw new MemoException("a certificate says what a network computes of a sample in a page of arithmetic, without feature layers, and this " +
                                    "network has such; a verification by the plain reference proves it");
        Predictions? values = network is CellNetwork ? null : network.Predict(rows.Points, Outputs.Values, run.Part(0, 0.5));
        WriteLine(stream, json =>
        {
            json.WriteString("format", "memo-certificate");
            json.WriteNumber("version", 1);
            json.WriteString("network_sha256", stored.Metadata["sha256"]);
            json.WriteString("method", network.Method);
            json.WriteString("data", data);
            json.WriteString("dtype", network.SampleType.NumpyName());
            json.WriteNumber("dimension", network.Dimension);
            json.WriteNumber("rows", rows.Count);
            if (values is not null) json.WriteString("scale", $"{values.ScaleNumerator}/{values.ScaleDenominator}");
        });
        if (network is CellNetwork cells) WriteCells(stream, cells, rows, run);
        else
            for (int i = 0; i < rows.Count; i++)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                Require(rows, i, values!.Labels[i] == rows.Labels[i]);
                WriteLine(stream, json =>
                {
                    WriteRow(json, rows, i);
                    json.WriteBase64String("x", BytesOf(rows.Points, i));
                    json.WriteString("value", values.Values![i].ToString(CultureInfo.InvariantCulture));
                });
                run.Progress?.Report(0.5 + (i + 1.0) / rows.Count / 2);
            }
    });

    private static void WriteCells(Stream stream, CellNetwork network, Dataset rows, RunOptions run)
    {
        int[] equal = EqualSamples.Find(network.TrainingPoints, rows.Points);
        for (int first = 0; first < rows.Count; first += BatchSize)
        {
            int end = Math.Min(first + BatchSize, rows.Count);
            int[] others = [.. Enumerable.Range(first, end - first).Where(i => equal[i] < 0)];
            IReadOnlyList<CellExplanation> explained = CellExplanation.Of(network, rows.Points, others,
                run.Part((double)first / rows.Count, (double)end / rows.Count));
            int next = 0;
            for (int i = first; i < end; i++)
            {
                CellExplanation? why = equal[i] < 0 ? explained[next++] : null;
                int point = why is null ? equal[i] : why.Decisive?.Point ?? -1;
                Require(rows, i, point >= 0 && network.Labels[point] == rows.Labels[i]);
                WriteLine(stream, json =>
                {
                    WriteRow(json, rows, i);
                    json.WriteNumber("point", point);
                    if (why is not null) json.WriteBase64String("x", BytesOf(rows.Points, i));
                });
            }
            run.Progress?.Report((double)end / rows.Count);
        }
    }

    private static void Require(Dataset rows, int i, bool memorized)
    {
        if (!memorized) throw new MemoException($"{rows.Source}: row {rows.FileRows[i]} is not memorized, so that nothing can be certified");
    }

    private static void WriteRow(Utf8JsonWriter json, Dataset rows, int i)
    {
        json.WriteNumber("row", rows.FileRows[i]);
        json.WritePropertyName("label");
        json.WriteClassValue(rows.Classes, rows.Labels[i]);
    }

    private static void WriteLine(Stream stream, Action<Utf8JsonWriter> fields)
    {
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
    }

    // Little-endian, as all processors are that the engine is built for.
    private static ReadOnlySpan<byte> BytesOf(SampleMatrix samples, int row) => samples switch
    {
        SampleMatrix<byte> matrix => matrix.Row(row),
        SampleMatrix<float> matrix => MemoryMarshal.AsBytes(matrix.Row(row)),
        SampleMatrix<double> matrix => MemoryMarshal.AsBytes(matrix.Row(row)),
        _ => throw new NotSupportedException($"samples of type {samples.ElementType}"),
    };
}
