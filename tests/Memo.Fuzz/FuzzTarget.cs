// What is fuzzed: a parser, and valid inputs to begin with.

namespace Memo.Fuzz;

/// <summary>
/// A parser under test. Whatever the input, <see cref="Parse"/> may only return or throw <see cref="MemoException"/>.
/// </summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Parse">Parses one input.</param>
/// <param name="Seeds">Valid inputs, small and of many kinds; each must parse.</param>
internal sealed record FuzzTarget(string Name, Action<Stream> Parse, IReadOnlyList<byte[]> Seeds)
{
    /// <summary>Parses one input; true when it was accepted, false when it was refused as it should be.</summary>
    public bool Accepts(Stream input)
    {
        try
        {
            Parse(input);
            return true;
        }
        catch (MemoException)
        {
            return false;
        }
    }
}
