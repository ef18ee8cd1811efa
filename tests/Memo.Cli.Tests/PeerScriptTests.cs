// bench/peers: that the scripts are sound and agree with memo's answers, on inputs that take seconds.
namespace Memo.Tests;

public sealed class PeerScriptTests
{
    private static string Folder
    {
        get
        {
            for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
                if (Path.Combine(folder.FullName, "bench", "peers") is var path && Directory.Exists(path)) return path;
            throw new InvalidOperationException("bench/peers is in no folder above the tests");
        }
    }

    [PythonFact]
    public void The_scripts_compile()
    {
        using var folder = new TemporaryFolder();
        string[] scripts = Directory.GetFiles(Folder, "*.py");
        Assert.Contains(scripts, script => Path.GetFileName(script) == "sidebyside.py");
        MemoProgram.RunFile(PythonFactAttribute.Interpreter()!, new() { ["PYTHONPYCACHEPREFIX"] = folder.Path }, ["-m", "py_compile", .. scripts]).Exits(0);
    }

    [PythonFact("numpy")]
    public void The_comparison_of_byte_products_agrees_with_numpy() => CompareQuickly("bytes.py", "numpy", "| NumPy fp32 |");

    [PythonFact("numpy", "faiss")]
    public void The_comparison_of_single_queries_agrees_with_faiss() => CompareQuickly("single.py", "faiss", "| FAISS |");

    [PythonFact("numpy", "sklearn")]
    public void The_comparison_of_estimators_agrees_with_scikit_learn() => CompareQuickly("estimator.py", "sklearn", "| scikit-learn |");

    [PythonFact("numpy")]
    public void The_overhead_of_the_library_can_be_measured() => Assert.Contains("ratio",
        MemoProgram.RunFile(Path.Combine(Folder, "..", "library", "run"), new() { ["PYTHONDONTWRITEBYTECODE"] = "1" }, "--quick").Exits(0).Output,
        StringComparison.Ordinal);

    [GmpFact]
    public void The_comparison_of_integer_networks_agrees_with_gmp() => CompareQuickly("integers.py", "numpy", "| GMP |");

    [PythonFact("numpy")]
    public void The_comparison_with_the_condensed_neighbour_rule_verifies_its_networks() => CompareQuickly("condensed.py", "numpy", "| mean |");

    [PythonFact]
    public void The_table_of_theorem_5_1_can_be_made()
    {
        ProgramResult result = MemoProgram.RunFile(PythonFactAttribute.Interpreter()!, new() { ["PYTHONDONTWRITEBYTECODE"] = "1" },
            Path.Combine(Folder, "..", "theorem_5_1.py"), "--quick", "--memo", MemoProgram.Path).Exits(0);
        Assert.Equal(10, result.Output.Split('\n').Count(line => line.EndsWith("% |", StringComparison.Ordinal)));
    }

    private static void CompareQuickly(string script, string module, string part)
    {
        ProgramResult result = MemoProgram.RunFile(PythonFactAttribute.Interpreter("numpy", module)!, new() { ["PYTHONDONTWRITEBYTECODE"] = "1" },
            Path.Combine(Folder, script), "--quick", "--threads", "1", "--memo", MemoProgram.Path).Exits(0);
        Assert.Contains(part, result.Output, StringComparison.Ordinal);
    }
}
