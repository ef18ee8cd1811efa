// The data sets that are computed: toys that everyone expects, and the distributions that the theory's proofs use.

using Memo.Data.Generators;
using Memo.Numerics;

namespace Memo.Data;

/// <summary>
/// A generated data set: equal parameters and seed give equal data, on every machine. Written as NAME or
/// NAME?parameter=value&amp;...; each has the parameters count, seed (default: the one of <see cref="LoadOptions"/>; a
/// second seed makes a test set) and its own.
/// </summary>
internal sealed class DataGenerator
{
    private static readonly GeneratorParameter Count = new("count", "number of samples, from 1", "1000");
    private static readonly GeneratorParameter Seed =
        new("seed", "seed of the random numbers, in place of the common one", "none");
    private static readonly GeneratorParameter Type = new("dtype", "float32 or float64", "float64");

    private readonly Func<GeneratorParameters, SeededRandom, MemoryBudget, GeneratedSamples> _generate;

    /// <summary>The generator's name.</summary>
    public string Name { get; }

    /// <summary>What it generates, in a line.</summary>
    public string Description { get; }

    /// <summary>Its parameters, with their ranges and defaults.</summary>
    public IReadOnlyList<GeneratorParameter> Parameters { get; }

    private DataGenerator(string name, string description, IReadOnlyList<GeneratorParameter> parameters,
        Func<GeneratorParameters, SeededRandom, MemoryBudget, GeneratedSamples> generate)
    {
        (Name, Description, Parameters, _generate) = (name, description, parameters, generate);
    }

    /// <summary>All generators.</summary>
    public static IReadOnlyList<DataGenerator> All { get; } =
    [
        new("moons", "two interleaving half circles in the plane, labels 0 and 1",
            [Count, new("noise", "standard deviation added to each coordinate, 0 to 1000", "0.1"), Type, Seed],
            PlaneShapes.Moons),
        new("circles", "two concentric circles in the plane, label 0 outside (radius 1), 1 inside",
            [Count, new("noise", "standard deviation added to each coordinate, 0 to 1000", "0.05"),
                new("factor", "radius of the inner circle, 0 to 1", "0.5"), Type, Seed], PlaneShapes.Circles),
        new("blobs", "Gaussian clouds around centres drawn uniformly from [-box, box]^n, label k for the k-th",
            [Count, new("n", "dimension, from 1", "2"), new("classes", "number of clouds, 2 to 10000", "3"),
                new("spread", "standard deviation of a cloud, 0 to 1000", "1"),
                new("box", "half the edge, 0 to 1000000", "10"),
                new("truncate", "samples farther than this from their centre are drawn anew, above 0 to 1000000", "none"),
                Type, Seed], PlaneShapes.Blobs),
        new("xor", "bits, label = first XOR second; in the plane the four corners in turn; uint8, with noise float64",
            [new("count", "number of samples, from 1", "4"),
                new("n", "dimension, from 2; further bits are random", "2"),
                new("noise", "standard deviation added to each coordinate, 0 to 1000", "0"), Type, Seed],
            BitPatterns.Xor),
        new("parity", "bits, label = XOR of the first k; uint8; 2^n samples are all points once, in binary order, " +
                      "others random",
            [new("count", "number of samples, from 1", "256"), new("n", "dimension, from 1", "8"),
                new("k", "bits that count, 1 to n", "n"), Seed], BitPatterns.Parity),
        new("ball-shell", "label 1 uniform in a ball, -1 in a shell around it, of equal volume, apart by r2 - r1 " +
                          "(Theorem 5.1, Definition D.9)",
            [Count, new("n", "dimension, from 1", "20"), Type, Seed], BallShell.Generate),
        new("hypercube", "bits, pairwise at distance at least c, random labels -1 and 1, half of each " +
                         "(Lemma F.1); uint8",
            [new("count", "number of samples, 1 to 2^floor(n/ceil(c^2))", "the smaller of 1000 and all"),
                new("n", "dimension, from 1", "20"), new("c", "least distance of two points, above 0 to 1000", "1"),
                Seed],
            BitPatterns.Hypercube),
        new("sat", "4 n + m points of a 6-CNF formula of n variables and m clauses, labels -1 and 1 (Theorem 6.5); `memo build " +
                   "--method sat` memorizes them with n + 8 parameters where that can be; uint8",
            [new("file", "formula in the DIMACS format; its path has no & or : in it", "none: a random one that can"),
                new("variables", "variables of a random formula, from 6", "30"),
                new("clauses", "clauses of a random formula, from 0", "100"), Seed],
            Satisfiability.Generate),
    ];

    /// <summary>The generator of that name, or null.</summary>
    public static DataGenerator? Find(string name) => All.FirstOrDefault(generator => generator.Name == name);

    /// <summary>
    /// Generates samples; <paramref name="parameters"/> is what stands behind the question mark, or empty.
    /// </summary>
    /// <exception cref="MemoException">An unknown parameter, a value outside its range, or more samples than
    /// memory.</exception>
    public Dataset Generate(string parameters, ulong seed) => Generate(parameters, seed, MemoryBudget.OfThisProcess);

    internal Dataset Generate(string parameters, ulong seed, MemoryBudget budget)
    {
        string source = parameters.Length == 0 ? Name : $"{Name}?{parameters}";
        var values = new GeneratorParameters(Name, Parameters, parameters);
        GeneratedSamples samples = _generate(values, new SeededRandom(values.Seed(seed)), budget);
        return new Dataset(samples.Points, samples.Labels, ClassList.FromIntegers(samples.Classes), source);
    }
}

/// <summary>What a generator makes: samples, class indices, class values.</summary>
internal sealed record GeneratedSamples(SampleMatrix Points, int[] Labels, int[] Classes);
