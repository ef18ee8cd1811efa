using System.CommandLine;
using System.Diagnostics;
using Memo.Data;
using Memo.Measures;
using Memo.Networks;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>`memo verify`: proves that a network memorizes data, or names the first row that it does not.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        Argument<string> file = NetworkArgument.Create();
        var data = new DataOptions(DataPart.Train, sampling: true);
        var reference = new Option<bool>("--reference")
        {
            Description = "Recompute with the plain exact reference alone, so that the proof does not rest on the fast " +
                          "kernels (much slower)",
        };
        var command = new DocumentedCommand("verify",
            "Prove that a network memorizes data: Sgn(F(x_i)) = y_i for every row",
            "memo verify digits.memo --data digits",
            "memo verify digits.memo --data digits --reference",
            "memo verify one-seven.memo --data mnist:1,7 --per-class 500   the samples that it was built from")
        {
            Details = () => """
                Every sign is decided exactly. If a row is not memorized, the exit code is 1 and the first
                such row is named. A network built with --per-class or --shuffle has memorized those samples:
                give the same options here.
                """,
        };
        command.Arguments.Add(file);
        data.AddTo(command);
        command.Options.Add(reference);
        command.SetWork(session =>
        {
            INetwork network = NetworkFile.Load(session.Get(file)).Network;
            Dataset rows = NetworkArgument.Fit(network, data.Load(session));
            long start = Stopwatch.GetTimestamp();
            Verification result = session.Work("verifying", run =>
            {
                if (network is CellNetwork cells)
                    Verification.RequireSeparation(cells, session.Get(reference), run with { Progress = null });
                return Verification.Of(network, rows, session.Get(reference), run);
            });
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return session.Json ? WriteJson(rows, result, seconds) : WriteText(rows, result, seconds);
        });
        return command;
    }

    private static int WriteText(Dataset rows, Verification result, double seconds)
    {
        if (result.Memorized)
            HumanText.Line("memorized", $"all {HumanText.Plural(result.Rows, "row")} of {rows.Source}, decided exactly");
        else
            HumanText.Line("NOT memorized", $"row {rows.FileRows[result.FirstFailure]} of {rows.Source} has label " +
                                            $"{rows.Classes[rows.Labels[result.FirstFailure]]}, the network " +
                                            (result.Given == Predictions.Abstention
                                                ? "abstains" : $"says {rows.Classes[result.Given]}"));
        if (result.ResolvedExactly > 0)
            HumanText.Line("exact", $"{HumanText.Plural(result.ResolvedExactly, "row")} left open by floating point, " +
                                    "decided by exact arithmetic");
        HumanText.Line("time", HumanText.Seconds(seconds));
        return result.Memorized ? ExitCode.Success : ExitCode.CheckFailed;
    }

    // first_failure is the row in the file; expected and got are class values, got null for an abstention.
    private static int WriteJson(Dataset rows, Verification result, double seconds) =>
        JsonOutput.Write(result.Memorized ? ExitCode.Success : ExitCode.CheckFailed, json =>
        {
            json.WriteNumber("rows", result.Rows);
            json.WriteBoolean("memorized", result.Memorized);
            if (result.Memorized) json.WriteNull("first_failure");
            else
            {
                json.WriteNumber("first_failure", rows.FileRows[result.FirstFailure]);
                json.WritePropertyName("expected");
                json.WriteClassValue(rows.Classes, rows.Labels[result.FirstFailure]);
                json.WritePropertyName("got");
                json.WriteClassValue(rows.Classes, result.Given);
            }
            json.WriteNumber("resolved_exactly", result.ResolvedExactly);
            json.WriteNumber("seconds", seconds);
        });
}
