using System.Buffers.Text;
using System.Text;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Tokenization;

/// <summary>The format of openai/tiktoken, <c>tiktoken/load.py</c>: per line a token's bytes in base64 and its rank.</summary>
internal static class TiktokenFile
{
    /// <summary>Checks by its first line whether a file has this format.</summary>
    /// <param name="start">The file's first bytes.</param>
    /// <returns>Whether the first line is <c>base64 rank</c>.</returns>
    public static bool LooksLikeOne(ReadOnlySpan<byte> start)
    {
        int end = start.IndexOf((byte)'\n');
        return TryParseLine(start[..(end < 0 ? start.Length : end)].TrimEnd((byte)'\r'), out _, out _);
    }

    /// <summary>No vocabulary has longer tokens, and the number of pairs of a token grows with its length.</summary>
    private const int LongestToken = 4096;

    /// <summary>Reads all tokens.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <returns>The tokens' bytes, by rank.</returns>
    /// <exception cref="CheckpointFormatException">The ranks are not 0 to n-1, each once; or the 256 bytes are not all there,
    /// without which some texts have no encoding.</exception>
    public static byte[][] Parse(ReadOnlySpan<byte> data, string file)
    {
        var tokens = new Dictionary<int, byte[]>();
        var distinct = new HashSet<string>(StringComparer.Ordinal);
        int number = 0;
        foreach (Range range in data.Split((byte)'\n'))
        {
            number++;
            ReadOnlySpan<byte> line = data[range].TrimEnd((byte)'\r');
            if (line.IsEmpty)
            {
                continue;
            }

            if (!TryParseLine(line, out byte[] token, out int rank))
            {
                throw new CheckpointFormatException(file, null, $"line {number} is not 'base64 rank'; fetch the file again.");
            }

            if (!tokens.TryAdd(rank, token) || !distinct.Add(Encoding.Latin1.GetString(token)))
            {
                throw new CheckpointFormatException(file, null, $"line {number} repeats a rank or a token.");
            }
        }

        if (tokens.Count == 0 || tokens.Keys.Max() != tokens.Count - 1)
        {
            throw new CheckpointFormatException(
                file, null, $"the ranks of its {tokens.Count} tokens leave gaps; fetch the file again.");
        }

        if (tokens.Values.Count(token => token.Length == 1) != 256)
        {
            throw new CheckpointFormatException(file, null, "does not hold each of the 256 bytes as a token.");
        }

        return [.. Enumerable.Range(0, tokens.Count).Select(rank => tokens[rank])];
    }

    private static bool TryParseLine(ReadOnlySpan<byte> line, out byte[] token, out int rank)
    {
        token = [];
        rank = -1;
        int space = line.IndexOf((byte)' ');
        if (space <= 0 || line[..space].IndexOfAny(" \t\r\n"u8) >= 0 || !Base64.IsValid(line[..space])
            || !Utf8Parser.TryParse(line[(space + 1)..], out rank, out int used) || used != line.Length - space - 1 || rank < 0)
        {
            return false;
        }

        token = Convert.FromBase64String(Encoding.ASCII.GetString(line[..space]));
        return token.Length is > 0 and <= LongestToken;
    }
}
