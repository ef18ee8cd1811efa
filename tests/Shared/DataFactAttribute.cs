namespace Memo.Tests;

/// <summary>A test on a data set that is too large to ship: skipped, with a message, where $MEMO_DATA does not have it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(string name)
    {
        string? folder = Environment.GetEnvironmentVariable("MEMO_DATA");
        if (string.IsNullOrEmpty(folder) || !Directory.Exists(Path.Combine(folder, name)))
            Skip = $"{name} is not here; set MEMO_DATA to the folder that has {name}/ in it";
    }
}
