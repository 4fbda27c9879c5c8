using System.Globalization;
using System.Text;

namespace LLoCO.Core.Tokenization.Json.Decoders;

/// <summary><c>ByteFallback</c>: runs of byte pieces, <c>&lt;0xE4&gt;</c>, to text.</summary>
/// <remarks>
/// Of bytes that are no text each broken character becomes one U+FFFD; the reference writes one for each byte of the run. A
/// reader of a stream can so tell a character that is not yet complete from one that is broken.
/// </remarks>
internal sealed class ByteFallbackDecoder : TokenDecoder
{
    public override void Decode(List<DecodedToken> tokens)
    {
        var bytes = new List<byte>();
        int kept = 0;
        for (int i = 0; i <= tokens.Count; i++)
        {
            if (i < tokens.Count && TryByte(tokens[i], out byte value))
            {
                bytes.Add(value);
                continue;
            }

            // The place that the run's first byte had is free, so nothing is overwritten.
            DecodedToken? next = i < tokens.Count ? tokens[i] : null;
            if (bytes.Count > 0)
            {
                tokens[kept++] = new DecodedToken(Encoding.UTF8.GetString([.. bytes]), IsAdded: false);
                bytes.Clear();
            }

            if (next is { } token)
            {
                tokens[kept++] = token;
            }
        }

        tokens.RemoveRange(kept, tokens.Count - kept);
    }

    private static bool TryByte(DecodedToken token, out byte value)
    {
        value = 0;
        return token is { IsAdded: false, Text.Length: 6 } && token.Text.StartsWith("<0x", StringComparison.Ordinal)
            && token.Text[5] == '>'
            && byte.TryParse(token.Text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
