using System.Buffers;
using System.Text;

namespace LLoCO.Core.Tokenization.Json.Decoders;

/// <summary><c>ByteLevel</c>: letters back to bytes, and those to text.</summary>
/// <remarks>
/// An added token is its own text. The reference reads letters of the alphabet in it as bytes too, so that a token
/// <c>Æther</c> comes back broken; here text comes back as it went in.
/// </remarks>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    public override void Decode(List<DecodedToken> tokens)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (DecodedToken token in tokens)
        {
            Write(token, bytes);
        }

        tokens.Clear();
        tokens.Add(new DecodedToken(Encoding.UTF8.GetString(bytes.WrittenSpan), IsAdded: false));
    }

    private static void Write(DecodedToken token, ArrayBufferWriter<byte> bytes)
    {
        bool letters = !token.IsAdded;
        foreach (char c in token.Text)
        {
            letters &= ByteLetters.ByteOf(c) >= 0;
        }

        if (!letters)
        {
            Encoding.UTF8.GetBytes(token.Text, bytes);
            return;
        }

        Span<byte> span = bytes.GetSpan(token.Text.Length);
        for (int i = 0; i < token.Text.Length; i++)
        {
            span[i] = (byte)ByteLetters.ByteOf(token.Text[i]);
        }

        bytes.Advance(token.Text.Length);
    }
}
