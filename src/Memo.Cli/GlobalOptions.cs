using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Memo.Gpu.Devices;

namespace Memo.Cli;

/// <summary>The options that every command takes.</summary>
internal static class GlobalOptions
{
    private const int MostThreads = 1024;

    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Write one JSON object to standard output and nothing else there",
        Recursive = true,
    };

    public static Option<bool> Quiet { get; } = new("--quiet", "-q")
    {
        Description = "No progress bar",
        Recursive = true,
    };

    public static Option<int> Threads { get; } = new("--threads")
    {
        Description = "Worker threads (default: all cores); never changes a result",
        HelpName = "N",
        Recursive = true,
        CustomParser = argument => ParseThreads(argument),
    };

    public static Option<ulong> Seed { get; } = new("--seed")
    {
        Description = "Seed of everything random; same seed, same result",
        HelpName = "S",
        Recursive = true,
        DefaultValueFactory = _ => 0,
        CustomParser = argument => ParseSeed(argument),
    };

    /// <summary>
    /// Consumed before parsing, where the program chooses which of its builds runs; declared here so that help shows it
    /// and a wrong value is refused.
    /// </summary>
    public static Option<string> InstructionSet { get; } = Choice("--isa", "Instruction set to use; never changes a result",
        recursive: true, "auto", "auto", "scalar", "avx2", "avx512");

    public static Option<string> Device { get; } = CreateDevice();

    public static Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Say on standard error which device computes and how the work is divided",
        Recursive = true,
    };

    public static IReadOnlyList<Option> All { get; } = [Json, Quiet, Verbose, Threads, Seed, InstructionSet, Device];

    private static Option<string> CreateDevice()
    {
        var option = new Option<string>("--device")
        {
            Description = "Where near points are looked for; never changes a result. cuda:1 is the second such device, auto a GPU if there is one",
            HelpName = string.Join('|', GpuDevices.Choices),
            Recursive = true,
            DefaultValueFactory = _ => "cpu",
            CustomParser = argument =>
            {
                string word = argument.Tokens[0].Value.ToLowerInvariant();
                if (!GpuDevices.IsChoice(word))
                    argument.AddError($"--device: '{argument.Tokens[0].Value}' is none of {string.Join(", ", GpuDevices.Choices)}, cuda:N, opencl:N");
                return word;
            },
        };
        option.CompletionSources.Add([.. GpuDevices.Choices]);
        return option;
    }

    /// <summary>An option that takes one of a few words, in any case of letters; without a default it may be absent.</summary>
    public static Option<string> Choice(string name, string description, bool recursive, string? fallback, params string[] choices)
    {
        string names = string.Join(", ", choices);
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', choices),
            Recursive = recursive,
            CustomParser = argument =>
            {
                string word = argument.Tokens[0].Value.ToLowerInvariant();
                if (!choices.Contains(word)) argument.AddError($"{name}: '{argument.Tokens[0].Value}' is none of {names}");
                return word;
            },
        };
        option.CompletionSources.Add(choices);
        if (fallback is not null) option.DefaultValueFactory = _ => fallback;
        return option;
    }

    private static int ParseThreads(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) &&
            threads is >= 1 and <= MostThreads)
            return threads;
        argument.AddError($"--threads: '{text}' is not a whole number from 1 to {MostThreads}");
        return 1;
    }

    private static ulong ParseSeed(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)) return seed;
        argument.AddError($"--seed: '{text}' is not a whole number from 0 to 2^64 - 1");
        return 0;
    }
}
