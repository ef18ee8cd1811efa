using Memo.Data;
using Memo.Features;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Constructions;

/// <summary>What the constructions can be told; each heeds what concerns it.</summary>
public sealed record ConstructionSettings
{
    /// <summary>cells, constant, condense: where the walls stand, exact, 1/2 &lt; lambda &lt; 1.</summary>
    public Ratio Lambda { get; init; } = CellNetwork.DefaultLambda;

    /// <summary>constant: balls have the radius rho times the separation, 0 &lt; rho &lt; 1 - lambda.</summary>
    public Ratio Rho { get; init; } = Constant.DefaultRho;

    /// <summary>vardi: L, so that N / L^2 networks stand side by side for L^2 points each; null for one network.</summary>
    public int? BlockDepth { get; init; }

    /// <summary>adversarial: index of the class given to unseen points; null for the rarer one.</summary>
    public int? DefaultLabel { get; init; }

    /// <summary>Where all randomness comes from.</summary>
    public ulong Seed { get; init; }

    /// <summary>What stands in front of the network.</summary>
    internal FeatureSettings Features { get; init; } = new();
}

/// <summary>The constructions by name, each a file of its own.</summary>
public static class Construction
{
    /// <summary>The names of those that memorize any data, as in files.</summary>
    public static IReadOnlyList<string> Methods { get; } =
        [Cells.Method, Sqrt.Method, Constant.Method, Condense.Method, Vardi.Method, Park.Method, Adversarial.Method];

    /// <summary>Whether there is a construction of that name: one of <see cref="Methods"/>, or <see cref="SatWitness"/>, which is for data of
    /// one form only.</summary>
    public static bool IsKnown(string method) => Methods.Contains(method) || method == SatWitness.Method;

    /// <summary>Whether the construction is for two classes only.</summary>
    public static bool IsBinary(string method) => method is Sqrt.Method or Adversarial.Method or SatWitness.Method;

    /// <summary>
    /// The network that memorizes <paramref name="data"/>. Cost and errors: see the construction.
    /// </summary>
    /// <param name="method">One of <see cref="Methods"/>, or that of <see cref="SatWitness"/>.</param>
    /// <param name="data">N samples of two classes or more, no two of them equal and labelled differently
    /// (<see cref="LabelConflicts"/>).</param>
    /// <param name="settings">What the construction is told; null for the defaults.</param>
    /// <param name="run">Threads, progress, cancellation.</param>
    /// <exception cref="LabelConflictException">Two equal samples carry different labels.</exception>
    /// <exception cref="MemoException">There is no such method, or the data or settings do not suit it.</exception>
    public static INetwork Build(string method, Dataset data, ConstructionSettings? settings = null,
        RunOptions? run = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        settings ??= new ConstructionSettings();
        if (settings.Features.Kind != FeatureKind.None) return BuildOnFeatures(method, data, settings, run ?? RunOptions.Default);
        return method switch
        {
            Cells.Method => Cells.Build(data, settings.Lambda, run),
            Sqrt.Method => Sqrt.Build(data, settings.Seed, run),
            Constant.Method => Constant.Build(data, settings.Lambda, settings.Rho, run),
            Condense.Method => Condense.Build(data, settings.Lambda, settings.Seed, run),
            Vardi.Method => Vardi.Build(data, settings.BlockDepth, settings.Seed, run),
            Park.Method => Park.Build(data, settings.Seed, run),
            Adversarial.Method => Adversarial.Build(data, settings.DefaultLabel, settings.Seed, run),
            SatWitness.Method => SatWitness.Build(data, run),
            _ => throw new MemoException($"there is no method '{method}'; there are: {string.Join(", ", Methods)}"),
        };
    }

    // The layers are learned first; the network memorizes what they give of the data.
    private static FeatureNetwork BuildOnFeatures(string method, Dataset data, ConstructionSettings settings, RunOptions run)
    {
        RequireClasses(data, method, IsBinary(method));
        (FeatureMap map, Dataset features) = FeatureLearning.Of(data, settings.Features, run.Part(0, 0.9));
        return new FeatureNetwork(map, Build(method, features, settings with { Features = new FeatureSettings() }, run.Part(0.9, 1)));
    }

    /// <summary>Throws unless two or more classes occur (and no more than two where <paramref name="binary"/>).</summary>
    internal static void RequireClasses(Dataset data, string method, bool binary)
    {
        int present = data.LabelArray.Distinct().Count();
        if (present < 2)
            throw new MemoException(present == 0
                ? $"{data.Source}: no samples"
                : $"{data.Source}: only one class ({data.Classes[data.Labels[0]]}) occurs; a network needs two or more");
        if (binary && data.Classes.Count > 2)
            throw new MemoException($"{data.Source}: {data.Classes.Count} classes, but {method} is for two; use cells, constant, " +
                                    "condense, vardi or park, or select two")
                { Setting = nameof(DataReference.SelectedClasses) };
    }
}
