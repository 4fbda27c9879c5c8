namespace LLoCO.Core.Tokenization.Json;

/// <summary>
/// GPT-2's alphabet of bytes (https://github.com/openai/gpt-2/blob/master/src/encoder.py): printable ones stand for themselves,
/// the others for the letters from U+0100.
/// </summary>
internal static class ByteLetters
{
    private static readonly char[] Letters = new char[256];
    private static readonly short[] Bytes = new short[0x144];

    static ByteLetters()
    {
        Array.Fill(Bytes, (short)-1);
        int next = 0x100;
        for (int value = 0; value < 256; value++)
        {
            bool itself = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            Letters[value] = (char)(itself ? value : next++);
            Bytes[Letters[value]] = (short)value;
        }
    }

    /// <summary>Gives the letter of a byte.</summary>
    public static char LetterOf(byte value) => Letters[value];

    /// <summary>Gives the byte of a letter, or -1.</summary>
    public static int ByteOf(char letter) => letter < Bytes.Length ? Bytes[letter] : -1;
}
