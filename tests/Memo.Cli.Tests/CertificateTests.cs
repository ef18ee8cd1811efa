using System.Text;
using System.Text.Json.Nodes;

namespace Memo.Tests;

/// <summary>
/// Certificates are confirmed by a program that shares nothing with the engine, and by nothing that has been tampered with.
/// </summary>
public sealed class CertificateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PythonTheory]
    [InlineData("cells", "blobs?count=80&n=3&classes=3")]
    [InlineData("constant", "moons?count=120&noise=0.05")]
    [InlineData("condense", "moons?count=120&noise=0.2")]
    [InlineData("condense", "circles?count=100&dtype=float32")]
    [InlineData("condense", "parity?n=5&count=32")]
    [InlineData("vardi", "blobs?count=60&classes=4&dtype=float32")]
    [InlineData("park", "parity?n=6&count=64")]
    [InlineData("sqrt", "moons?count=60")]
    [InlineData("adversarial", "xor?count=40&noise=0.1")]
    [InlineData("sat", "sat?variables=12&clauses=30")]
    public void Every_method_is_certified(string method, string data)
    {
        _folder.Memo("generate", data, "-o", "rows.npz").Exits(0);
        _folder.Memo("build", "--data", "rows.npz", "--method", method, "-o", "net.memo").Exits(0);
        ProgramResult verified = _folder.Memo("verify", "net.memo", "--data", "rows.npz", "--certificate", "c.jsonl", "--json").Exits(0);
        Assert.Equal("c.jsonl", verified.Json.GetProperty("certificate").GetString());
        int rows = verified.Json.GetProperty("rows").GetInt32();
        Assert.Contains($"{rows} rows confirmed of {rows}", Check("net.memo", "c.jsonl", "--data rows.npz").Exits(0).Output, StringComparison.Ordinal);
    }

    [PythonFact]
    public void A_selection_of_a_csv_is_certified_by_the_rows_of_the_file()
    {
        string csv = _folder.Write("rows.csv", "a,b,class\n0.5,1,ape\n0.25,2,ox\n9,9,bee\n-0.0,4,ape\n8,8.125,ox\n");
        _folder.Memo("build", "--data", $"{csv}:ape,ox", "-o", "net.memo").Exits(0);
        _folder.Memo("verify", "net.memo", "--data", $"{csv}:ape,ox", "--certificate", "c.jsonl").Exits(0);
        Assert.Contains("4 rows confirmed of 5", Check("net.memo", "c.jsonl", "--data rows.csv").Exits(0).Output, StringComparison.Ordinal);
    }

    [PythonFact]
    public void What_was_tampered_with_is_not_confirmed()
    {
        _folder.Memo("generate", "moons?count=60&noise=0.2", "-o", "rows.npz").Exits(0);
        foreach (string method in new[] { "cells", "condense", "sqrt" })
        {
            _folder.Memo("build", "--data", "rows.npz", "--method", method, "-o", "net.memo").Exits(0);
            _folder.Memo("verify", "net.memo", "--data", "rows.npz", "--certificate", "c.jsonl").Exits(0);
            string[] lines = File.ReadAllLines(_folder["c.jsonl"]);
            RequireRefused("net.memo", lines[..^1], "cut off");
            RequireRefused("net.memo", [.. lines, lines[5]], "comes twice");
            RequireRefused("net.memo", [.. lines.Skip(1)], "no certificate");
            RequireRefused("net.memo", Changed(lines, 7, row => row["label"] = 1 - (int)row["label"]!), "row");
            if (method == "sqrt") RequireRefused("net.memo", Changed(lines, 7, row => row["value"] = "12345678901234567890"), "not what the certificate says");
            else RequireRefused("net.memo", Changed(lines, 7, row => row["point"] = 100000), "there is none");
            int withValues = Array.FindIndex(lines, line => line.Contains("\"x\"", StringComparison.Ordinal));
            if (withValues > 0)
            {
                // Another row's values: the network may be right on them too, but the data is not those.
                string other = lines.Last(line => line.Contains("\"x\"", StringComparison.Ordinal));
                string[] changed = Changed(lines, withValues, row => row["x"] = (string)JsonNode.Parse(other)!["x"]!);
                File.WriteAllLines(_folder["bad.jsonl"], changed);
                Assert.Contains("NOT confirmed", Check("net.memo", "bad.jsonl", "--data rows.npz").Exits(1).Output, StringComparison.Ordinal);
            }
            // A byte of the network.
            byte[] network = File.ReadAllBytes(_folder["net.memo"]);
            network[^9] ^= 1;
            File.WriteAllBytes(_folder["bad.memo"], network);
            RequireRefused("bad.memo", lines, "damaged");
            // Another network.
            _folder.Memo("build", "--data", "circles", "--method", method, "-o", "other.memo").Exits(0);
            RequireRefused("other.memo", lines, "another network's");
        }
        // Other data.
        _folder.Memo("generate", "moons?count=60&noise=0.2", "--seed", "9", "-o", "other.npz").Exits(0);
        Assert.Contains("NOT confirmed, row 0", Check("net.memo", "c.jsonl", "--data other.npz").Exits(1).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_is_not_memorized_leaves_no_certificate()
    {
        _folder.Memo("build", "--data", "moons", "-o", "net.memo").Exits(0);
        _folder.Memo("generate", "moons?noise=0.4&seed=3", "-o", "other.npz").Exits(0);
        Assert.Contains("NOT memorized", _folder.Memo("verify", "net.memo", "--data", "other.npz", "--certificate", "c.jsonl").Exits(1).Output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("c.jsonl", _folder.Names);
        _folder.Memo("verify", "net.memo", "--data", "other.npz", "--certificate", "nowhere/c.jsonl").Refuses(2, "nowhere");
    }

    private static string[] Changed(string[] lines, int line, Action<JsonNode> change)
    {
        JsonNode row = JsonNode.Parse(lines[line])!;
        change(row);
        string[] changed = [.. lines];
        changed[line] = row.ToJsonString();
        return changed;
    }

    private void RequireRefused(string network, string[] lines, string message)
    {
        File.WriteAllLines(_folder["bad.jsonl"], lines, new UTF8Encoding(false));
        ProgramResult result = Check(network, "bad.jsonl", "").Exits(1);
        Assert.Contains("NOT confirmed", result.Output, StringComparison.Ordinal);
        Assert.Contains(message, result.Output, StringComparison.Ordinal);
    }

    private ProgramResult Check(string network, string certificate, string options) => MemoProgram.Shell(_folder.Path, [],
        $"python3 '{Path.Combine(Document.Root, "native/python/check_certificate.py")}' {network} {certificate} {options}");
}
