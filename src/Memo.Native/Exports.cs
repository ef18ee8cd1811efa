namespace Memo.Native;

internal static class Exports;
