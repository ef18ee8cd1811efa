// The fuzzer's command line.
//   Memo.Fuzz [--seconds S] [--seed N] [--output FOLDER] [TARGET..]
//       mutates valid inputs in this process; default: 60 s, shared by all targets
//   Memo.Fuzz --reproduce FILE TARGET    parses one saved input
//   Memo.Fuzz --libfuzzer TARGET         under libfuzzer-dotnet, after `sharpfuzz Memo.Engine.dll`
//   Memo.Fuzz --afl TARGET               under afl-fuzz, after `sharpfuzz Memo.Engine.dll`
// Exit status: 0 nothing found, 1 a failing input was found and saved, 2 bad usage.

using System.Globalization;
using Memo;
using Memo.Fuzz;
using SharpFuzz;

double seconds = 60;
ulong seed = (ulong)DateTime.UtcNow.Ticks;
string output = ".", mode = "", reproduced = "";
var targets = new List<FuzzTarget>();
try
{
    for (int i = 0; i < args.Length; i++)
        switch (args[i])
        {
            case "--seconds" when double.TryParse(Value(ref i), CultureInfo.InvariantCulture, out seconds) &&
                seconds > 0: break;
            case "--seed" when ulong.TryParse(Value(ref i), CultureInfo.InvariantCulture, out seed): break;
            case "--output": output = Value(ref i); break;
            case "--reproduce": (mode, reproduced) = (args[i], Value(ref i)); break;
            case "--libfuzzer" or "--afl": mode = args[i]; break;
            case ['-', ..]:
                throw new MemoException($"'{args[i]}': no such option, or a wrong value; see the head of Program.cs");
            default: targets.Add(FuzzTargets.Find(args[i])); break;
        }
    if (mode.Length > 0 && targets.Count != 1) throw new MemoException($"{mode} takes exactly one target");
}
catch (MemoException fault)
{
    Console.Error.WriteLine(fault.Message);
    return 2;
}

switch (mode)
{
    case "--libfuzzer":
        Fuzzer.LibFuzzer.Run(span => targets[0].Accepts(new MemoryStream(span.ToArray())));
        return 0;
    case "--afl":
        Fuzzer.OutOfProcess.Run((Stream stream) =>
        {
            var input = new MemoryStream(); // the parsers need a stream that can seek
            stream.CopyTo(input);
            input.Position = 0;
            targets[0].Accepts(input);
        });
        return 0;
    case "--reproduce":
        Console.WriteLine(targets[0].Accepts(new MemoryStream(File.ReadAllBytes(reproduced))) ? "accepted" : "refused");
        return 0;
    default:
        return new Campaign(seed, output)
            .Run(targets.Count > 0 ? targets : FuzzTargets.All, TimeSpan.FromSeconds(seconds)) ? 0 : 1;
}

string Value(ref int i) => ++i < args.Length ? args[i] : throw new MemoException($"{args[i - 1]} needs a value");
