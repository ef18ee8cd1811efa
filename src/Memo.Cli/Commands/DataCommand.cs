using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Memo.Data;
using Memo.Storage;

namespace Memo.Cli.Commands;

/// <summary>`memo data`: what is where, and getting what is not there.</summary>
internal static class DataCommand
{
    public const string Name = "data";

    public static Command Create() =>
        new DocumentedCommand(Name, "List, describe and fetch the named data sets",
            "memo data list",
            "memo data info mnist",
            "memo data fetch fashion-mnist")
        {
            CreateList(),
            CreateInfo(),
            CreateFetch(),
        };

    private static DocumentedCommand CreateList()
    {
        var command = new DocumentedCommand("list",
            "The named data sets and the generators, and where each set was found",
            "memo data list",
            "memo data list --json");
        command.SetWork(session => session.Json
            ? JsonOutput.Write(ExitCode.Success, json =>
            {
                IReadOnlyList<CatalogueEntry> entries = DataCatalogue.Entries;
                json.WriteArray("data_sets", entries.Count, i =>
                {
                    json.WriteStartObject();
                    WriteEntry(json, entries[i]);
                    json.WriteEndObject();
                });
                json.WriteArray("generators", DataGenerator.All.Count,
                    i => json.WriteStringValue(DataGenerator.All[i].Name));
            })
            : WriteList());
        return command;
    }

    private static DocumentedCommand CreateInfo()
    {
        Argument<string> name = CreateName();
        var command = new DocumentedCommand("info", "What a data set holds, where it was looked for, whom to cite",
            "memo data info cifar-10",
            "memo data info digits --json");
        command.Arguments.Add(name);
        command.SetWork(session =>
        {
            CatalogueEntry entry = DataCatalogue.Find(session.Get(name));
            return session.Json
                ? JsonOutput.Write(ExitCode.Success, json => WriteEntry(json, entry))
                : WriteInfo(entry);
        });
        return command;
    }

    private static DocumentedCommand CreateFetch()
    {
        Argument<string> name = CreateName();
        var folder = new Option<string?>("--folder")
        {
            Description = "Where the files shall lie (default: the user's cache folder, where they are found again)",
            HelpName = "FOLDER",
        };
        var source = new Option<Uri?>("--source")
        {
            Description = "Another address under which the same files lie, ending in a slash",
            HelpName = "URL",
            CustomParser = argument =>
            {
                string text = argument.Tokens[0].Value;
                if (Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && text.EndsWith('/')) return address;
                argument.AddError($"--source: '{text}' is not an address that ends in a slash");
                return null;
            },
        };
        var command = new DocumentedCommand("fetch", "Download a data set over HTTPS and check its checksums",
            "memo data fetch mnist",
            "memo data fetch cifar-10 --folder data/cifar-10");
        command.Arguments.Add(name);
        command.Options.Add(folder);
        command.Options.Add(source);
        command.SetWork(session =>
        {
            CatalogueEntry entry = DataCatalogue.Find(session.Get(name));
            string path = session.Work($"fetching {entry.Name}",
                run => Fetch(entry, session.Get(folder), session.Get(source), run));
            long bytes = entry.Files.Sum(file => file.Bytes);
            if (session.Json)
                return JsonOutput.Write(ExitCode.Success, json =>
                {
                    json.WriteString("name", entry.Name);
                    json.WriteString("path", path);
                    json.WriteNumber("bytes", bytes);
                });
            HumanText.Line("fetched", $"{entry.Name}, {HumanText.Plural(bytes, "byte")}, checksums right");
            HumanText.Line("saved", path);
            return ExitCode.Success;
        });
        return command;
    }

    // A build without downloads contains no HTTPS: the switch is a constant there, and what it guards is left out.
    [FeatureSwitchDefinition("Memo.Cli.Downloads")]
    private static bool CanDownload => !AppContext.TryGetSwitch("Memo.Cli.Downloads", out bool included) || included;

    private static string Fetch(CatalogueEntry entry, string? folder, Uri? source, RunOptions run)
    {
        if (!CanDownload)
            throw new MemoException("this is one of the builds behind `memo`, and cannot download; run `memo data fetch` itself");
        OpenSsl.Require("downloading");
        return entry.Fetch(folder, source, run.Progress, run.Cancellation);
    }

    private static Argument<string> CreateName()
    {
        string[] names = [.. DataCatalogue.Entries.Select(entry => entry.Name)];
        var name = new Argument<string>("NAME")
        {
            Description = $"{string.Join(", ", names[..^1])} or {names[^1]}",
            HelpName = "NAME",
        };
        name.CompletionSources.Add(names);
        return name;
    }

    private static int WriteList()
    {
        foreach (CatalogueEntry entry in DataCatalogue.Entries) HumanText.Line(entry.Name, Place(entry));
        Console.Out.WriteLine();
        foreach (DataGenerator generator in DataGenerator.All) HumanText.Line(generator.Name, generator.Description);
        return ExitCode.Success;
    }

    private static string Place(CatalogueEntry entry) =>
        entry.IsEmbedded ? "part of the program"
        : entry.Locate() ?? $"not here; `memo data fetch {entry.Name}` gets it";

    private static int WriteInfo(CatalogueEntry entry)
    {
        HumanText.Line("name", entry.Name);
        HumanText.Line("what", entry.Description);
        HumanText.Line("samples", entry.Shape);
        if (entry.ClassNames.Count > 0) HumanText.Line("classes", string.Join(", ", entry.ClassNames));
        HumanText.Line("where", Place(entry));
        if (!entry.IsEmbedded)
            foreach (string folder in entry.SearchedFolders()) HumanText.Line("looked in", folder);
        if (entry.SystemPackage is not null) HumanText.Line("package", $"apt-get install {entry.SystemPackage}");
        HumanText.Line("cite", entry.Attribution);
        HumanText.Line("licence", entry.Licence);
        HumanText.Line("page", entry.Homepage.ToString());
        foreach (CatalogueFile file in entry.Files)
            HumanText.Line("file", $"{file.Name}, {HumanText.Plural(file.Bytes, "byte")}, MD5 {file.Md5}");
        return ExitCode.Success;
    }

    private static void WriteEntry(Utf8JsonWriter json, CatalogueEntry entry)
    {
        json.WriteString("name", entry.Name);
        json.WriteString("description", entry.Description);
        json.WriteString("shape", entry.Shape);
        json.WriteArray("class_names", entry.ClassNames.Count, i => json.WriteStringValue(entry.ClassNames[i]));
        json.WriteBoolean("embedded", entry.IsEmbedded);
        json.WriteString("path", entry.Locate());
        IReadOnlyList<string> folders = entry.IsEmbedded ? [] : entry.SearchedFolders();
        json.WriteArray("searched", folders.Count, i => json.WriteStringValue(folders[i]));
        json.WriteString("package", entry.SystemPackage);
        json.WriteString("attribution", entry.Attribution);
        json.WriteString("licence", entry.Licence);
        json.WriteString("homepage", entry.Homepage.ToString());
        json.WriteArray("files", entry.Files.Count, i =>
        {
            json.WriteStartObject();
            json.WriteString("name", entry.Files[i].Name);
            json.WriteNumber("bytes", entry.Files[i].Bytes);
            json.WriteString("sha256", entry.Files[i].Sha256);
            json.WriteString("md5", entry.Files[i].Md5);
            json.WriteEndObject();
        });
    }
}
