namespace Memo.Tests;

/// <summary>
/// The stand-in for CUDA's driver that interprets PTX (tests/native/cuda), compiled on first use; null where there is no C
/// compiler. It is chosen by the environment variable MEMO_CUDA_LIBRARY, and set by MEMO_FAKE_CUDA.
/// </summary>
internal static class InterpretedCuda
{
    private static readonly Lazy<string?> Compiled = new(() => StandIn.Compile("cuda", "libcuda.so.1", "-lm", "-lpthread"));

    /// <summary>The library file.</summary>
    public static string? Library => Compiled.Value;
}
