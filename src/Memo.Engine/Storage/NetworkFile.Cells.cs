// Networks in factored form (CellNetwork): their metadata and tensors, written and read.
using System.Numerics;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Storage;

public static partial class NetworkFile
{
    private const string PointsTensor = "training_points";
    private const string LabelsTensor = "labels";
    private const string CellsMethod = "cells"; // of which every sample is a training point

    // As in files, like s_reluMethods.
    private static readonly string[] s_cellMethods = [CellsMethod, "constant", "condense"];

    private static KeyValuePair<string, string>[] DescribeCells(CellNetwork network) =>
    [
        new("lambda", network.Lambda.ToString()),
        new("minimum_squared_distance", network.MinimumSquaredDistance.ToString()),
    ];

    private static TensorSource[] CellTensors(CellNetwork network)
    {
        TensorSource points = network.TrainingPoints switch
        {
            SampleMatrix<byte> matrix => Points(matrix, TensorType.U8),
            SampleMatrix<float> matrix => Points(matrix, TensorType.F32),
            SampleMatrix<double> matrix => Points(matrix, TensorType.F64),
            _ => throw new NotSupportedException($"points of type {network.TrainingPoints.ElementType}"),
        };
        return
        [
            points,
            new TensorSource(LabelsTensor, TensorType.I32, [network.Count], sink => TensorSource.Write(network.Labels, sink)),
        ];
    }

    private static TensorSource Points<T>(SampleMatrix<T> matrix, TensorType type) where T : unmanaged, INumber<T> =>
        new(PointsTensor, type, [matrix.Rows, matrix.Columns], sink => TensorSource.Write(matrix.Values, sink));

    private static CellNetwork LoadCells(SafetensorsReader file, CommonFields fields)
    {
        Ratio lambda = ReadLambda(file);
        Dyadic separation = ReadSeparation(file);
        RequireKnownTensors(file, fields, PointsTensor, LabelsTensor);
        (TensorEntry points, TensorEntry labels) = RequireCellTensors(file, fields.Dimension);
        RequireSamples(file, fields, points.Shape[0]);

        Array? values = null;
        int[] indices = [];
        ReadTensors(file, fields, (tensor, hash) =>
        {
            if (tensor == points)
                values = points.Type switch
                {
                    TensorType.U8 => file.ReadValues<byte>(tensor, hash),
                    TensorType.F32 => file.ReadValues<float>(tensor, hash),
                    _ => file.ReadValues<double>(tensor, hash),
                };
            else if (tensor == labels)
                indices = file.ReadValues<int>(tensor, hash);
            else
                file.CopyTo(tensor, hash);
        });

        RequireLabels(file, labels, indices, fields.Classes);
        SampleMatrix matrix = values switch
        {
            float[] floats => FiniteMatrix(file, points, floats),
            double[] doubles => FiniteMatrix(file, points, doubles),
            _ => new SampleMatrix<byte>((byte[])values!, (int)points.Shape[0], (int)points.Shape[1]),
        };
        if (matrix.ElementType == ElementType.UInt8 && separation.Normalized().Exponent < 0)
            throw Defect(file, "minimum_squared_distance", "must be an integer where the points are bytes");
        return Guarded(file, () =>
        {
            var network = new CellNetwork(matrix, indices, fields.Classes, lambda, separation);
            int samples = fields.Samples ?? network.Count;
            return fields.Method == network.Method && fields.Notes.Count == 0
                ? network : network.As(fields.Method, samples, fields.Notes);
        });
    }

    private static (TensorEntry Points, TensorEntry Labels) RequireCellTensors(SafetensorsReader file, int dimension)
    {
        TensorEntry points = RequireTensor(file, PointsTensor), labels = RequireTensor(file, LabelsTensor);
        if (points.Type is not (TensorType.U8 or TensorType.F32 or TensorType.F64) || points.Shape.Count != 2 ||
            points.Shape[0] is < 2 or > int.MaxValue || points.Shape[1] != dimension || dimension < 1)
            throw new FileFormatException(file.Name, $"{PointsTensor} is {points.Describe()}; it must be U8, F32 or F64 " +
                $"[N, {dimension}] with N at least 2", file.Prefix.Length + points.Begin);
        if (labels.Type != TensorType.I32 || labels.Shape.Count != 1 || labels.Shape[0] != points.Shape[0])
            throw new FileFormatException(file.Name, $"{LabelsTensor} is {labels.Describe()}; it must be I32 " +
                $"[{points.Shape[0]}]", file.Prefix.Length + labels.Begin);
        return (points, labels);
    }

    private static void RequireSamples(SafetensorsReader file, CommonFields fields, long points)
    {
        if (fields.Samples is not { } samples) return;
        if (fields.Method == CellsMethod ? samples != points : samples < points)
            throw Defect(file, "samples", $"{samples} samples do not fit {points} training points of a network of method " +
                                          fields.Method);
    }

    private static Ratio ReadLambda(SafetensorsReader file)
    {
        string text = Require(file, "lambda");
        return Guarded(file, () =>
        {
            Ratio lambda = Ratio.Parse(text);
            CellNetwork.RequireValidLambda(lambda);
            return lambda.ToString() == text ? lambda
                : throw Defect(file, "lambda", $"'{SafetensorsHeader.Printable(text)}' is not a fraction p/q in lowest terms");
        });
    }

    private static Dyadic ReadSeparation(SafetensorsReader file)
    {
        string text = Require(file, "minimum_squared_distance");
        return Dyadic.TryParse(text, out Dyadic separation) && separation.Sign > 0 && separation.ToString() == text
            ? separation
            : throw Defect(file, "minimum_squared_distance", "must be a positive number, m or m*2^e with odd m");
    }

    private static void RequireLabels(SafetensorsReader file, TensorEntry tensor, int[] indices, ClassList classes)
    {
        int stranger = Array.FindIndex(indices, index => (uint)index >= (uint)classes.Count);
        if (stranger >= 0)
            throw new FileFormatException(file.Name, $"the label of point {stranger} is {indices[stranger]}, outside the " +
                $"{classes.Count} classes", file.Prefix.Length + tensor.Begin + 4L * stranger);
        if (!indices.AsSpan().ContainsAnyExcept(indices[0]))
            throw new FileFormatException(file.Name, "all points have the same label; a network needs two classes",
                file.Prefix.Length + tensor.Begin);
    }

    private static SampleMatrix<T> FiniteMatrix<T>(SafetensorsReader file, TensorEntry tensor, T[] values)
        where T : unmanaged, INumber<T>
    {
        int bad = Array.FindIndex(values, value => !T.IsFinite(value));
        if (bad >= 0)
            throw new FileFormatException(file.Name, $"point {bad / tensor.Shape[1]}, column {bad % tensor.Shape[1]} " +
                "is not a finite number", file.Prefix.Length + tensor.Begin + (long)bad * tensor.Type.ElementBytes());
        return new SampleMatrix<T>(values, (int)tensor.Shape[0], (int)tensor.Shape[1]);
    }
}
