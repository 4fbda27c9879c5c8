using LLoCO.Core.Decoding;

namespace LLoCO.Core;

/// <content>Checks of the native window, without tensor work.</content>
public sealed partial class LlocoPipeline
{
    /// <summary>Counts the summary embeddings that a text would have.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The vectors, each a position of the window.</returns>
    public int CountSummaries(string text) =>
        _layers.Compressor.Cut([.. Tokenizer.Encode(text)]).Count * Fingerprint.SummaryLength;

    /// <summary>Counts the positions that a question leaves for summary embeddings.</summary>
    /// <param name="question">The question.</param>
    /// <param name="adapter">The adapter whose prompt it gets; the model's own with <see langword="null"/>.</param>
    /// <param name="maxNewTokens">Most tokens of the answer.</param>
    /// <returns>The positions; 0 or less where the question alone is too long.</returns>
    public int RoomForSummaries(string question, string? adapter, int maxNewTokens) =>
        new WindowBudget(NativeWindow)
        {
            Prefix = _layers.Frame.Count(documents: 1), Prompt = _layers.EncodePrompt(question, adapter).Count, Answer = maxNewTokens,
        }.Room;
}
