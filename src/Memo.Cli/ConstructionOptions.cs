using System.CommandLine;
using System.Globalization;
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Cli;

/// <summary>
/// How a network is constructed: --method, what some of the methods can be told, --on-conflict. An option that none of the
/// methods named heeds is refused, since it would change nothing.
/// </summary>
internal sealed class ConstructionOptions
{
    private static readonly string[] s_lambdaMethods = [Cells.Method, Constant.Method, Condense.Method],
        s_rhoMethods = [Constant.Method], s_blockDepthMethods = [Vardi.Method], s_defaultLabelMethods = [Adversarial.Method];

    private readonly bool _severalMethods;
    private readonly Option<string> _method;
    private readonly Option<Ratio> _lambda, _rho;

    private readonly Option<int?> _blockDepth = new("--block-depth", "--depth")
    {
        Description = For(s_blockDepthMethods, "networks for L^2 samples each, side by side (default: one network)"),
        HelpName = "L",
        CustomParser = argument => DataOptions.ParseInteger(argument, 1),
    };

    private readonly Option<string?> _defaultLabel = new("--default-label")
    {
        Description = For(s_defaultLabelMethods, "the class given to unseen samples (default: the rarer one)"),
        HelpName = "CLASS",
    };

    private readonly Option<string> _conflicts =
        CreateConflicts("Equal samples with different labels: an error, drop them all, or keep the majority's");

    public ConstructionOptions(bool severalMethods)
    {
        _severalMethods = severalMethods;
        string known = string.Join(", ", Construction.Methods);
        _method = new Option<string>("--method", "-m")
        {
            Description = severalMethods ? $"Construction, or several separated by commas: {known}"
                : $"Construction: {known}; {SatWitness.Method} for the data of the generator {SatWitness.Method}",
            HelpName = severalMethods ? "M1[,M2..]" : "M",
            DefaultValueFactory = _ => Construction.Methods[0],
        };
        _method.Validators.Add(result =>
        {
            string[] named = Split(result.GetValueOrDefault<string>());
            foreach (string name in named)
                if (severalMethods ? !Construction.Methods.Contains(name) : !Construction.IsKnown(name))
                    result.AddError($"--method: there is no method '{name}' in this version; it has: {known}");
            if (named.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
                result.AddError($"--method: '{twice.Key}' is named twice");
        });
        _lambda = Fraction("--lambda", For(s_lambdaMethods, "where the walls stand between two points, exact, 1/2 < lambda < 1"),
            CellNetwork.DefaultLambda, CellNetwork.RequireValidLambda);
        _rho = Fraction("--rho",
            For(s_rhoMethods, "radius of the balls as a share of the separation, exact, 0 < rho < 1 - lambda"),
            new ConstructionSettings().Rho, rho =>
            {
                if (rho.Numerator <= 0 || 2L * rho.Numerator >= rho.Denominator)
                    throw new MemoException($"rho = {rho} must lie strictly between 0 and 1 - lambda, which is below 1/2");
            });
        RequireHeeded(_lambda, s_lambdaMethods);
        RequireHeeded(_rho, s_rhoMethods);
        RequireHeeded(_blockDepth, s_blockDepthMethods);
        RequireHeeded(_defaultLabel, s_defaultLabelMethods);
    }

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_method, _lambda, _rho, _blockDepth, _defaultLabel, _conflicts])
            command.Options.Add(option);
    }

    /// <summary>The constructions named, in the order given.</summary>
    public string[] Methods(Session session) => Split(session.Get(_method));

    /// <summary>The class given to unseen samples, or null for the rarer one.</summary>
    public string? DefaultClass(Session session) => session.Get(_defaultLabel);

    /// <summary>What the constructions are told; without the default label, which is for the data at hand to find.</summary>
    public ConstructionSettings Settings(Session session) => new()
    {
        Lambda = session.Get(_lambda),
        Rho = session.Get(_rho),
        BlockDepth = session.Get(_blockDepth),
        Seed = session.Seed,
    };

    /// <summary>The same, with the default label found among the data's classes.</summary>
    public ConstructionSettings Settings(Session session, Dataset data)
    {
        ConstructionSettings settings = Settings(session);
        if (DefaultClass(session) is not { } name) return settings;
        int label = data.Classes.IndexOf(name);
        return label >= 0 ? settings with { DefaultLabel = label }
            : throw new MemoException($"--default-label: {data.Source} has no class '{name}'; its classes are {data.Classes}");
    }

    public OnConflict Conflicts(Session session) => ParseConflicts(session.Get(_conflicts));

    /// <summary>--on-conflict.</summary>
    public static Option<string> CreateConflicts(string description) =>
        GlobalOptions.Choice("--on-conflict", description, recursive: false, "error", "error", "drop", "majority");

    /// <summary>What --on-conflict says.</summary>
    public static OnConflict ParseConflicts(string? word) => word switch
    {
        "drop" => OnConflict.Drop,
        "majority" => OnConflict.Majority,
        _ => OnConflict.Error,
    };

    /// <summary>Whether the method is one with walls, so that lambda says something about it.</summary>
    public static bool HeedsLambda(string method) => s_lambdaMethods.Contains(method);

    /// <summary>What the methods named were told: "lambda" to "51/100"; only what one of them heeds.</summary>
    public IEnumerable<(string Name, string Value)> Told(Session session)
    {
        string[] methods = Methods(session);
        ConstructionSettings settings = Settings(session);
        if (methods.Any(HeedsLambda)) yield return ("lambda", settings.Lambda.ToString());
        if (methods.Any(s_rhoMethods.Contains)) yield return ("rho", settings.Rho.ToString());
        if (settings.BlockDepth is { } depth) yield return ("block_depth", depth.ToString(CultureInfo.InvariantCulture));
        if (DefaultClass(session) is { } name) yield return ("default_label", name);
    }

    /// <summary>"cells, lambda 51/100"; of several methods their number.</summary>
    public string Describe(Session session)
    {
        string[] methods = Methods(session);
        return string.Join(", ", (string[])
        [
            methods.Length == 1 ? methods[0] : HumanText.Plural(methods.Length, "method"),
            .. Told(session).Select(told => $"{told.Name.Replace('_', ' ')} {told.Value}"),
        ]);
    }

    private static string For(string[] methods, string meaning) => $"{string.Join(", ", methods)}: {meaning}";

    private string[] Split(string? methods) => methods is null ? [] : _severalMethods ? methods.Split(',') : [methods];

    private void RequireHeeded(Option option, string[] methods) => option.Validators.Add(result =>
    {
        if (result.Implicit) return;
        // The default where --method is not given; where it is wrong, that is the error to tell.
        string[] named = result.GetResult(_method) is { Tokens.Count: > 0 } given
            ? Split(given.Tokens[0].Value) : [Construction.Methods[0]];
        if (named.All(Construction.IsKnown) && !named.Any(methods.Contains))
            result.AddError($"{option.Name}: means nothing to {string.Join(", ", named)}; it is for --method " +
                            string.Join(" or ", methods));
    });

    private static Option<Ratio> Fraction(
        string name, string description, Ratio fallback, Action<Ratio> requireValid) => new(name)
    {
        Description = description,
        HelpName = "P/Q",
        DefaultValueFactory = _ => fallback,
        CustomParser = argument =>
        {
            try
            {
                var ratio = Ratio.Parse(argument.Tokens[0].Value);
                requireValid(ratio);
                return ratio;
            }
            catch (MemoException exception)
            {
                argument.AddError($"{name}: {exception.Message}");
                return fallback;
            }
        },
    };
}
