// Labels given as text, one a sample.

using System.Runtime.InteropServices;
using System.Text;

namespace Memo.Data.Formats;

/// <summary>Collects label texts; each distinct one is kept once.</summary>
internal sealed class LabelTexts(ContentReader content)
{
    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly Dictionary<string, int> _numbering = new(StringComparer.Ordinal);
    private readonly GrowingArray<int> _numbers = new(content);

    /// <summary>Number of labels added.</summary>
    public int Count => _numbers.Count;

    /// <summary>Adds the next sample's label.</summary>
    public void Add(string text)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbering, text, out bool known);
        if (!known) number = _numbering.Count - 1;
        _numbers.Add(number);
    }

    /// <summary>The labels as class indices.</summary>
    public (int[] Labels, ClassList Classes) Encode()
    {
        var distinct = new string[_numbering.Count];
        foreach ((string text, int number) in _numbering) distinct[number] = text;
        return LabelEncoding.FromTexts(distinct, _numbers.Items);
    }

    /// <summary>Decodes UTF-8; false when it is not valid.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out string text)
    {
        try
        {
            text = Strict.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = "";
            return false;
        }
    }
}
