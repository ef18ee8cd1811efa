using System.CommandLine;
using System.Globalization;
using Memo.Data;
using Memo.Features;

namespace Memo.Cli;

/// <summary>What stands in front of a network: --features and what the layers can be told.</summary>
internal sealed class FeatureOptions
{
    private readonly Option<string> _kind = GlobalOptions.Choice("--features",
        "Layers before the network, learned without gradients: an affine map, or convolution, ReLU, pooling and an affine map",
        recursive: false, "none", [.. FeatureNames.Kinds]);

    private readonly Option<string> _grade = GlobalOptions.Choice("--grade",
        "conv: ReLU layers alone, or also contrast of patches and length of features normalized (default: pure)",
        recursive: false, null, [.. FeatureNames.Grades]);

    private readonly Option<int?> _patch =
        Whole("--patch", "conv: pixels of a patch's side (default: 6, less for small images)", "P", 1, 64),
        _filters = Whole("--filters", "conv: filters (default: 200)", "K", 1, 4096),
        _pooling = Whole("--pooling", "conv: features are summed over a grid of so many cells a side (default: 2)", "G", 1, 64);

    private readonly Option<bool> _mirror =
        new("--mirror") { Description = "conv: an image and its mirror image have the same features" };

    private readonly Option<string> _projection = GlobalOptions.Choice("--projection",
        "The affine map: linear discriminants, whitening within classes, or each feature by its deviation (default: discriminant)",
        recursive: false, null, [.. FeatureNames.Projections]);

    private readonly Option<double?> _shrinkage = new("--shrinkage")
    {
        Description = string.Create(CultureInfo.InvariantCulture,
            $"Added to variances within classes, as a share of their mean (default: {FeatureSettings.DefaultShrinkage})"),
        HelpName = "S",
        CustomParser = argument =>
        {
            if (double.TryParse(argument.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) &&
                share is >= 0 and <= 1e6)
                return share;
            argument.AddError($"--shrinkage: '{argument.Tokens[0].Value}' is no number from 0 to 1e6");
            return null;
        },
    };

    private readonly Option<string>? _fit;

    /// <param name="pairs">Whether projections can be fitted to a pair of classes alone.</param>
    public FeatureOptions(bool pairs)
    {
        if (pairs)
            _fit = GlobalOptions.Choice("--fit",
                "The affine map is fitted to each pair's training samples alone, or to all classes' (default: pair)",
                recursive: false, null, "pair", "all");
        foreach (Option option in Others()) RequireFeatures(option);
    }

    /// <summary>Adds the options to a command; --image is the command's own.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_kind);
        foreach (Option option in Others()) command.Options.Add(option);
    }

    /// <summary>", conv features (pure)", or nothing.</summary>
    public string Describe(Session session) => HumanText.FeaturesOf(Kind(session), Grade(session));

    /// <summary>What was asked for, by name, and the grade of conv always; nothing without layers.</summary>
    public IEnumerable<(string Name, string Value)> Told(Session session)
    {
        string kind = session.Get(_kind)!;
        if (kind == FeatureNames.Of(FeatureKind.None)) yield break;
        yield return ("features", kind);
        if (kind == FeatureNames.Of(FeatureKind.Conv)) yield return ("grade", FeatureNames.Of(Grade(session)));
        foreach (Option option in Others().Where(option => option != _grade))
            if (session.Given(option) is { } value) yield return (option.Name.TrimStart('-').Replace('-', '_'), value);
    }

    /// <summary>Whether projections are fitted to pairs.</summary>
    public bool FitsPairs(Session session) => _fit is null || session.Get(_fit) != "all";

    /// <summary>What was asked for.</summary>
    /// <param name="session">The run.</param>
    /// <param name="reference">The data, which knows the images' shape where it is a named set or a folder.</param>
    /// <param name="dimension">Features of a sample.</param>
    /// <param name="image">What --image says.</param>
    public FeatureSettings Settings(Session session, DataReference reference, int dimension, ImageShape? image) => new()
    {
        Kind = Kind(session),
        Grade = Grade(session),
        Image = image ?? reference.Image(dimension),
        Patch = session.Get(_patch),
        Filters = session.Get(_filters) ?? new FeatureSettings().Filters,
        Pooling = session.Get(_pooling) ?? new FeatureSettings().Pooling,
        Mirror = session.Get(_mirror),
        Projection = session.Get(_projection) is { } projection
            ? (FeatureProjection)FeatureNames.Projections.ToList().IndexOf(projection) : FeatureProjection.Discriminant,
        Shrinkage = session.Get(_shrinkage) ?? FeatureSettings.DefaultShrinkage,
        Seed = session.Seed,
    };

    private FeatureKind Kind(Session session) => (FeatureKind)FeatureNames.Kinds.ToList().IndexOf(session.Get(_kind)!);

    private FeatureGrade Grade(Session session) =>
        session.Get(_grade) is { } grade ? (FeatureGrade)FeatureNames.Grades.ToList().IndexOf(grade) : FeatureGrade.Pure;

    private IEnumerable<Option> Others() =>
        ((Option?[])[_grade, _patch, _filters, _pooling, _mirror, _projection, _shrinkage, _fit]).OfType<Option>();

    // An option that changes nothing is refused.
    private void RequireFeatures(Option option)
    {
        bool forConv = option.Description!.StartsWith("conv:", StringComparison.Ordinal);
        option.Validators.Add(result =>
        {
            if (result.Implicit) return;
            string kind = result.GetResult(_kind) is { Tokens.Count: > 0 } given ? given.Tokens[0].Value.ToLowerInvariant()
                : "none";
            if (FeatureNames.Kinds.Contains(kind) && (kind == "none" || (forConv && kind != "conv")))
                result.AddError($"{option.Name}: means nothing to --features {kind}; it is for --features {(forConv ? "conv" : "linear or conv")}");
        });
    }

    private static Option<int?> Whole(string name, string description, string help, int least, int most) => new(name)
    {
        Description = description,
        HelpName = help,
        CustomParser = argument =>
        {
            if (int.TryParse(argument.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int value) &&
                value >= least && value <= most)
                return value;
            argument.AddError($"{name}: '{argument.Tokens[0].Value}' is no whole number from {least} to {most}");
            return null;
        },
    };
}
