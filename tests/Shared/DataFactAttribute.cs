using Memo.Data;

namespace Memo.Tests;

/// <summary>A test on a data set that is too large to ship: skipped, with a message, where the set is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(string name)
    {
        if (DataCatalogue.Find(name).Locate() is null)
            Skip = $"{name} is not here; set MEMO_DATA to the folder that has {name}/ in it, or run " +
                   $"`memo data fetch {name}`";
    }
}
