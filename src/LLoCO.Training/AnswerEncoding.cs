using LLoCO.Core.Tokenization;

namespace LLoCO.Training;

/// <summary>The ids that a model shall generate behind a prompt.</summary>
internal static class AnswerEncoding
{
    /// <summary>Encodes an answer as it continues its prompt, with the end token.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="promptIds">Its ids.</param>
    /// <param name="answer">The answer.</param>
    internal static int[] Encode(ITokenizer tokenizer, string prompt, int[] promptIds, string answer)
    {
        // A vocabulary without a dummy prefix writes a word with its space differently from one without: what stands behind the
        // prompt is asked for, where the prompt's own ids do not change by it.
        string trimmed = answer.Trim();
        int[] joined = [.. tokenizer.Encode($"{prompt} {trimmed}")];
        IEnumerable<int> ids = joined.AsSpan().StartsWith(promptIds) && joined.Length > promptIds.Length
            ? joined.Skip(promptIds.Length)
            : tokenizer.Encode(trimmed);
        return [.. ids, tokenizer.EndOfSequenceIds[0]];
    }
}
