namespace Memo.Cli;

/// <summary>The product's version, as Directory.Build.props sets it.</summary>
internal static class ProductVersion
{
    public static string Text { get; } = typeof(ProductVersion).Assembly.GetName().Version!.ToString(3);
}
