using System.CommandLine;
using System.Diagnostics;
using Memo.Data;
using Memo.Features;
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
        var certificate = new Option<string?>("--certificate")
        {
            Description = "Write a witness for each row, which check_certificate.py confirms without this program",
            HelpName = "F.jsonl",
        };
        var command = new DocumentedCommand("verify",
            "Prove that a network memorizes data: Sgn(F(x_i)) = y_i for every row",
            "memo verify digits.memo --data digits",
            "memo verify digits.memo --data digits --reference",
            "memo verify one-seven.memo --data mnist:1,7 --per-class 500   the samples that it was built from",
            "memo verify digits.memo --data digits --certificate digits.jsonl")
        {
            Details = () => """
                Every sign is decided exactly. If a row is not memorized, the exit code is 1 and the first
                such row is named. A network built with --per-class or --shuffle has memorized those samples:
                give the same options here. A certificate is confirmed by a page of plain Python, installed in
                share/memo (native/python/check_certificate.py): python3 check_certificate.py NET F.jsonl
                """,
        };
        command.Arguments.Add(file);
        data.AddTo(command);
        command.Options.Add(reference);
        command.Options.Add(certificate);
        command.SetWork(session =>
        {
            DataReference named = data.Reference(session);
            string? witnesses = session.Get(certificate);
            OutputPath.RequireWritable(witnesses, session.Get(file), named.Path);
            StoredNetwork stored = NetworkFile.Load(session.Get(file));
            INetwork network = stored.Network;
            Dataset rows = NetworkArgument.Fit(network, data.Load(session, named));
            long start = Stopwatch.GetTimestamp();
            Verification result = session.Work("verifying", run =>
            {
                if (network.Cells() is { } cells)
                    Verification.RequireSeparation(cells, session.Get(reference), run with { Progress = null });
                return Verification.Of(network, rows, session.Get(reference), run);
            });
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (!result.Memorized) witnesses = null; // there is nothing to certify
            if (witnesses is not null)
                session.Work("certifying", run =>
                {
                    CertificateFile.Write(witnesses, stored, rows, named.Text, run);
                    return true;
                });
            return session.Json ? WriteJson(rows, result, witnesses, seconds) : WriteText(rows, result, witnesses, seconds);
        });
        return command;
    }

    private static int WriteText(Dataset rows, Verification result, string? certificate, double seconds)
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
        if (certificate is not null) HumanText.Line("certificate", certificate);
        HumanText.Line("time", HumanText.Seconds(seconds));
        return result.Memorized ? ExitCode.Success : ExitCode.CheckFailed;
    }

    // first_failure is the row in the file; expected and got are class values, got null for an abstention.
    private static int WriteJson(Dataset rows, Verification result, string? certificate, double seconds) =>
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
            if (certificate is not null) json.WriteString("certificate", certificate);
            json.WriteNumber("seconds", seconds);
        });
}
