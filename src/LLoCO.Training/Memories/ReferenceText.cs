using LLoCO.Core.Decoding;
using LLoCO.Core.Tokenization;

namespace LLoCO.Training.Memories;

/// <summary>What is read behind a chunk so that its queries show what a reader looks for: the chunk again, and its sentences as
/// questions in the model's own prompt.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="prompt">The model's prompt.</param>
internal sealed class ReferenceText(ITokenizer tokenizer, PromptTemplate prompt)
{
    private static readonly char[] Ends = ['.', '!', '?', '\n', '。'];

    /// <summary>Makes the sequences, each of which is read behind the chunk by itself.</summary>
    /// <param name="chunk">The ids of the chunk.</param>
    /// <param name="tokens">About how many ids together.</param>
    /// <param name="room">Most ids of a sequence.</param>
    /// <returns>Sequences of at least one id.</returns>
    internal IReadOnlyList<int[]> Create(ReadOnlySpan<int> chunk, int tokens, int room)
    {
        var sequences = new List<int[]>();
        int wanted = Math.Max(1, tokens / 2);
        int[] ids = chunk.ToArray();
        int pieces = Math.Max(1, Math.Min(wanted, ids.Length) / Math.Max(1, Math.Min(room, 256)));
        int length = Math.Min(room, Math.Max(1, Math.Min(wanted, ids.Length) / pieces));
        for (int piece = 0; piece < pieces; piece++)
        {
            int start = (int)((long)(ids.Length - length) * piece / Math.Max(1, pieces - 1));
            sequences.Add(ids[start..Math.Min(ids.Length, start + length)]);
        }

        string[] sentences = tokenizer.Decode(ids).Split(Ends, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        int[][] questions = [.. sentences.Where(sentence => sentence.Length > 3)
            .Select(sentence => prompt.Encode(tokenizer, sentence).Rest.Take(room).ToArray())];
        int step = Math.Max(1, questions.Sum(question => question.Length) / wanted);
        sequences.AddRange(questions.Where((question, i) => i % step == 0 && question.Length > 0));
        return sequences;
    }

    /// <summary>Joins sequences to passes.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="tokens">Most ids of a pass; a longer sequence is a pass of its own.</param>
    internal static IEnumerable<IReadOnlyList<int[]>> Join(IReadOnlyList<int[]> sequences, int tokens)
    {
        var pass = new List<int[]>();
        int count = 0;
        foreach (int[] sequence in sequences)
        {
            if (pass.Count > 0 && count + sequence.Length > tokens)
            {
                yield return pass;
                (pass, count) = ([], 0);
            }

            pass.Add(sequence);
            count += sequence.Length;
        }

        if (pass.Count > 0)
        {
            yield return pass;
        }
    }
}
