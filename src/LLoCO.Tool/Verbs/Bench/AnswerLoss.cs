using LLoCO.Training;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>
/// The loss of reference answers after their documents' summaries, with every token of question and answer stepped through the
/// decoding kernels. In normal use libtorch prefills the question with the stored weights, so an answer of one token would not
/// use the quantized ones.
/// </summary>
internal static class AnswerLoss
{
    /// <summary>Measures one question. Call on the model's thread.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">The adapter, or <see langword="null"/> for the base model.</param>
    /// <param name="example">The question with its reference answer, which ends with the end token.</param>
    /// <param name="kernels">The kernels over the model, in the format to be judged.</param>
    /// <param name="prefixes">Keeps keys and values of summaries, which libtorch computes in every format.</param>
    public static AnswerScore Compute(
        ModelPasses model, string? adapter, AdapterExample example, PassKernels kernels, PassPrefixes prefixes)
    {
        int[] prompt = example.Prompt.ToArray();
        int[] answer = example.Answer.ToArray();
        using PassSession session = model.Begin(prompt.Length + answer.Length, kernels, adapter);
        session.FeedPrefix(example.Documents, prefixes);
        foreach (int id in prompt.AsSpan(0, prompt.Length - 1))
        {
            session.FeedToken(id);
        }

        double loss = 0;
        bool exact = true;
        int last = prompt[^1];
        for (int i = 0; i < answer.Length; i++)
        {
            ReadOnlySpan<float> logits = session.FeedToken(last);
            last = answer[i];
            exact &= TokenLoss.IsLargest(logits, last);

            // The end token is easy to predict, and would hide half of the loss of the words.
            loss -= i < answer.Length - 1 ? PassSession.LogProbability(logits, last) : 0;
        }

        return new AnswerScore(loss, answer.Length - 1, exact);
    }
}

/// <summary>The loss of a reference answer.</summary>
/// <param name="Loss">Sum of the negative natural-log probabilities of its words' tokens.</param>
/// <param name="Tokens">Those tokens; the end token is not among them.</param>
/// <param name="Exact">Whether greedy decoding would write exactly it, and end.</param>
internal readonly record struct AnswerScore(double Loss, int Tokens, bool Exact);
