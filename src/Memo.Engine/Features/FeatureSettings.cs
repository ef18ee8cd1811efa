using Memo.Data;

namespace Memo.Features;

/// <summary>What stands in front of a network.</summary>
internal enum FeatureKind
{
    /// <summary>Nothing: the samples themselves.</summary>
    None,
    /// <summary>An affine map.</summary>
    Linear,
    /// <summary>Convolution, ReLU and pooling, then an affine map.</summary>
    Conv,
}

/// <summary>What feature layers may consist of; to be told apart wherever figures are.</summary>
internal enum FeatureGrade
{
    /// <summary>Convolution, ReLU, pooling and affine maps alone, up to the last rounding: a ReLU network in the paper's
    /// sense.</summary>
    Pure,
    /// <summary>Also the contrast of every patch and the length of the feature vector are normalized, which no ReLU network
    /// does.</summary>
    Normalized,
}

/// <summary>The affine map at the end.</summary>
internal enum FeatureProjection
{
    /// <summary>Linear discriminants: one dimension less than there are classes.</summary>
    Discriminant,
    /// <summary>Within-class whitening: as many dimensions as there were.</summary>
    Whitening,
    /// <summary>Standardization alone: every feature is divided by its deviation.</summary>
    None,
}

/// <summary>What the learning of feature layers is told. Nothing of it is fitted to test samples.</summary>
internal sealed record FeatureSettings
{
    /// <summary>What stands in front of the network.</summary>
    public FeatureKind Kind { get; init; }

    /// <summary>What the layers may consist of.</summary>
    public FeatureGrade Grade { get; init; }

    /// <summary>conv: how samples are images.</summary>
    public ImageShape? Image { get; init; }

    /// <summary>conv: pixels of a patch's side; null for <see cref="DefaultPatch"/>.</summary>
    public int? Patch { get; init; }

    /// <summary>conv: filters, K.</summary>
    public int Filters { get; init; } = 200;

    /// <summary>conv: cells of the pooling grid's side.</summary>
    public int Pooling { get; init; } = 2;

    /// <summary>conv: whether an image and its mirror image (left and right exchanged) have the same features.</summary>
    public bool Mirror { get; init; }

    /// <summary>The affine map at the end.</summary>
    public FeatureProjection Projection { get; init; }

    /// <summary>What is added to every variance within the classes, as a share of their mean.</summary>
    public double Shrinkage { get; init; } = DefaultShrinkage;

    /// <summary>Where patches and first centres come from.</summary>
    public ulong Seed { get; init; }

    /// <summary>The shrinkage where none is given.</summary>
    public const double DefaultShrinkage = 0.01;

    /// <summary>The side of a patch where none is given: 6 pixels, less for images below 16.</summary>
    public static int DefaultPatch(ImageShape image) => Math.Clamp(Math.Min(image.Height, image.Width) * 3 / 8, 2, 6);
}

/// <summary>The words of options, files and JSON.</summary>
internal static class FeatureNames
{
    /// <summary>"none", "linear", "conv".</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["none", "linear", "conv"];

    /// <summary>"pure", "normalized".</summary>
    public static IReadOnlyList<string> Grades { get; } = ["pure", "normalized"];

    /// <summary>"discriminant", "whitening", "none".</summary>
    public static IReadOnlyList<string> Projections { get; } = ["discriminant", "whitening", "none"];

    /// <summary>The word of a kind.</summary>
    public static string Of(FeatureKind kind) => Kinds[(int)kind];

    /// <summary>The word of a grade.</summary>
    public static string Of(FeatureGrade grade) => Grades[(int)grade];

    /// <summary>The word of a projection.</summary>
    public static string Of(FeatureProjection projection) => Projections[(int)projection];
}
