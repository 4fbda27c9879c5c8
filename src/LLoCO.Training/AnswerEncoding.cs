using LLoCO.Core.Decoding;
using LLoCO.Core.Tokenization;

namespace LLoCO.Training;

/// <summary>The ids that a model must generate after a prompt.</summary>
public static class AnswerEncoding
{
    /// <summary>Encodes an answer as it continues its prompt, with the end token.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="promptIds">Its ids.</param>
    /// <param name="answer">The answer; white space around it is left out.</param>
    /// <returns>The ids behind the prompt's; the last is the tokenizer's end token.</returns>
    public static int[] Encode(ITokenizer tokenizer, string prompt, int[] promptIds, string answer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(promptIds);
        ArgumentNullException.ThrowIfNull(answer);

        // A vocabulary without a dummy prefix encodes a word with a leading space differently. So the answer is encoded together
        // with the prompt, if that does not change the prompt's own ids.
        string trimmed = answer.Trim();
        int[] joined = [.. tokenizer.Encode($"{prompt} {trimmed}")];
        IEnumerable<int> ids = joined.AsSpan().StartsWith(promptIds) && joined.Length > promptIds.Length
            ? joined.Skip(promptIds.Length)
            : tokenizer.Encode(trimmed);
        return [.. ids, tokenizer.EndOfSequenceIds[0]];
    }

    /// <summary>Encodes an answer as it continues the prompt of a question.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="template">The prompt; in a chat template, an answer begins with its first word.</param>
    /// <param name="question">The question.</param>
    /// <param name="answer">The answer.</param>
    internal static int[] Encode(ITokenizer tokenizer, PromptTemplate template, string question, string answer)
    {
        if (template.Turn is not null)
        {
            return [.. tokenizer.Encode(answer.Trim()), tokenizer.EndOfSequenceIds[0]];
        }

        string prompt = template.Format(question);
        return Encode(tokenizer, prompt, [.. tokenizer.Encode(prompt)], answer);
    }
}
