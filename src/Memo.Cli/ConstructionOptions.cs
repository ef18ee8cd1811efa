using System.CommandLine;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Cli;

/// <summary>How a network is constructed: --method, --lambda, --on-conflict.</summary>
internal sealed class ConstructionOptions
{
    /// <summary>The constructions that this version has.</summary>
    public static IReadOnlyList<string> Methods { get; } = [Constructions.Cells.Method];

    public ConstructionOptions(bool severalMethods)
    {
        Method = new Option<string>("--method", "-m")
        {
            Description = (severalMethods ? "Construction, or several separated by commas" : "Construction") +
                          "; this version has: " + string.Join(", ", Methods),
            HelpName = severalMethods ? "M1[,M2..]" : "M",
            DefaultValueFactory = _ => Constructions.Cells.Method,
        };
        Method.Validators.Add(result =>
        {
            foreach (string name in result.GetValueOrDefault<string>()?.Split(severalMethods ? ',' : '\0') ?? [])
                if (!Methods.Contains(name))
                    result.AddError($"--method: there is no method '{name}' in this version; it has: {string.Join(", ", Methods)}");
        });
    }

    public Option<string> Method { get; }

    public Option<Ratio> Lambda { get; } = new("--lambda")
    {
        Description = "Where the walls stand between two points, an exact fraction with 1/2 < lambda < 1",
        HelpName = "P/Q",
        DefaultValueFactory = _ => CellNetwork.DefaultLambda,
        CustomParser = argument =>
        {
            try
            {
                var lambda = Ratio.Parse(argument.Tokens[0].Value);
                CellNetwork.RequireValidLambda(lambda);
                return lambda;
            }
            catch (MemoException exception)
            {
                argument.AddError($"--lambda: {exception.Message}");
                return CellNetwork.DefaultLambda;
            }
        },
    };

    private readonly Option<string> _conflicts = GlobalOptions.Choice("--on-conflict",
        "Equal samples with different labels: an error, drop them all, or keep the majority's", recursive: false,
        "error", "error", "drop", "majority");

    public OnConflict Conflicts(Session session) => session.Get(_conflicts) switch
    {
        "drop" => OnConflict.Drop,
        "majority" => OnConflict.Majority,
        _ => OnConflict.Error,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(Method);
        command.Options.Add(Lambda);
        command.Options.Add(_conflicts);
    }
}
