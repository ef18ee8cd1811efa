// The NuGet package as people get it: what is in it, and that its README's program works in a project of their own.
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text.RegularExpressions;

namespace Memo.Tests;

/// <summary>`make pack`, run once.</summary>
public sealed class Package
{
    private const string Suffix = ".nupkg";

    public Package()
    {
        MemoProgram.Shell(Root, new() { ["MAKEFLAGS"] = null }, "make pack").Exits(0);
        File = Assert.Single(Directory.GetFiles(Folder, "*" + Suffix));
        Version = Path.GetFileName(File)["Memo.Engine.".Length..^Suffix.Length];
    }

    public static string Root { get; } = FindRoot();

    public static string Folder { get; } = Path.Combine(Root, "out", "nuget");

    public string File { get; }

    public string Version { get; }

    public string SymbolFile => Path.ChangeExtension(File, ".snupkg");

    /// <summary>The files that the package is for, without those that the format itself needs.</summary>
    public static string[] Content(string file)
    {
        using ZipArchive archive = ZipFile.OpenRead(file);
        return [.. archive.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal)
            .Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal) &&
                           name != "[Content_Types].xml")];
    }

    public static byte[] Read(string file, string entry)
    {
        using ZipArchive archive = ZipFile.OpenRead(file);
        using Stream content = archive.GetEntry(entry)!.Open();
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        return copy.ToArray();
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "memo-engine.sln"))) return folder.FullName;
        throw new InvalidOperationException("memo-engine.sln is not above the tests");
    }
}

[Collection("alone")]
public sealed partial class PackageTests(Package package) : IClassFixture<Package>, IDisposable
{
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE"); // the portable PDB's format

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_holds_the_engine_its_documentation_and_nothing_else()
    {
        Assert.Equal(["LICENSE", "Memo.Engine.nuspec", "README.md", "lib/net10.0/Memo.Engine.dll", "lib/net10.0/Memo.Engine.xml"],
            Package.Content(package.File));
        Assert.Equal(["Memo.Engine.nuspec", "lib/net10.0/Memo.Engine.pdb"], Package.Content(package.SymbolFile));
        string manifest = System.Text.Encoding.UTF8.GetString(Package.Read(package.File, "Memo.Engine.nuspec"));
        Assert.Contains("<license type=\"expression\">MIT</license>", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("<dependency ", manifest, StringComparison.Ordinal);
    }

    [Fact]
    public void A_debugger_finds_the_sources_in_the_symbols()
    {
        byte[] symbols = Package.Read(package.SymbolFile, "lib/net10.0/Memo.Engine.pdb");
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols));
        MetadataReader reader = provider.GetMetadataReader();
        HashSet<EntityHandle> embedded = [.. reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation)
            .Where(information => reader.GetGuid(information.Kind) == s_embeddedSource).Select(information => information.Parent)];
        Assert.NotEmpty(reader.Documents);
        Assert.All(reader.Documents, document =>
        {
            string name = reader.GetString(reader.GetDocument(document).Name);
            Assert.Matches("^/_[0-9]*/", name); // no path of the machine that built it
            Assert.Contains((EntityHandle)document, embedded);
        });
    }

    // Nothing but the package itself can be restored here: no other source, no cache.
    [Fact]
    public void The_program_of_its_readme_prints_what_it_says()
    {
        string readme = System.Text.Encoding.UTF8.GetString(Package.Read(package.File, "README.md"));
        string program = CSharp().Match(readme).Groups[1].Value;
        string[] promised = [.. Printed().Matches(program).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(promised);

        File.Copy(Path.Combine(Package.Root, "global.json"), _folder["global.json"]);
        _folder.Write("NuGet.config", $"""
            <configuration>
              <packageSources><clear /><add key="made" value="{Package.Folder}" /></packageSources>
              <config><add key="globalPackagesFolder" value="packages" /></config>
            </configuration>
            """);
        _folder.Write("consumer.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <InvariantGlobalization>true</InvariantGlobalization>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Memo.Engine" Version="{package.Version}" /></ItemGroup>
            </Project>
            """);
        _folder.Write("Program.cs", program);
        string dotnet = Path.Combine(Package.Root, "scripts", "dotnet");
        ProgramResult build = MemoProgram.Shell(_folder.Path, new() { ["NUGET_PACKAGES"] = null }, $"'{dotnet}' build -c Release --nologo -o built");
        Assert.True(build.ExitCode == 0, build.Output + build.Error);
        ProgramResult run = MemoProgram.Shell(_folder.Path, [], $"'{dotnet}' built/consumer.dll").Exits(0);
        Assert.Equal(promised, run.Output.TrimEnd('\n').Split('\n'));
    }

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharp();

    [GeneratedRegex(@"^Console\.WriteLine\(.*\); +// (.*)$", RegexOptions.Multiline)]
    private static partial Regex Printed();
}
