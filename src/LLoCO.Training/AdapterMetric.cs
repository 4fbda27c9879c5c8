using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tokenization;
using LLoCO.Core;
using TorchSharp;

namespace LLoCO.Training;

/// <summary>Generates answers with an adapter in training and judges them. Used on the model's thread only.</summary>
/// <param name="model">The model.</param>
/// <param name="tokenizer">Its tokenizer.</param>
/// <param name="score">Judges an answer by the accepted ones, 0 to 1.</param>
/// <param name="questions">Most questions to ask.</param>
/// <param name="maxNewTokens">Most tokens of an answer.</param>
internal sealed class AdapterMetric(
    LlamaModel model, ITokenizer tokenizer, Func<string, IReadOnlyList<string>, double> score, int questions, int maxNewTokens)
{
    /// <summary>The mean over the examples that have accepted answers; <see langword="null"/> where none has.</summary>
    internal double? Measure(IEnumerable<AdapterExample> examples, LoraAdapter adapter)
    {
        double[] scores = [.. examples.Where(example => example.AcceptedAnswers.Count > 0).Take(questions)
            .Select(example => score(Answer(example, adapter), example.AcceptedAnswers))];
        return scores.Length == 0 ? null : scores.Average();
    }

    private string Answer(AdapterExample example, LoraAdapter adapter)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        int[] prompt = [.. example.RawText.Span, .. example.Prompt.Span];
        int prefix = example.Documents.Sum(document => document.Count);
        int max = Math.Min(
            maxNewTokens, new WindowBudget(model.Config.MaxPositions) { Prefix = prefix, Prompt = prompt.Length }.Room);
        using var session = new DecodeSession(model, adapter, prefix + prompt.Length + max);

        // The weights change with each step, so no KV cache of a prefix may be kept.
        using var nothing = new PrefixCache(0);
        session.FeedPrefix(example.Documents, nothing);
        using var run = new AnswerRun(
            session, prompt, new GenerationOptions { MaxNewTokens = max }, tokenizer.EndOfSequenceIds, tokenizer);
        var ids = new List<int>();
        while (!run.Ended)
        {
            ids.Add(run.Next().TokenId);
        }

        return tokenizer.Decode(ids).Trim();
    }
}
