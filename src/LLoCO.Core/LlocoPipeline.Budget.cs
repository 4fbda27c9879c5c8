using LLoCO.Core.Decoding;

namespace LLoCO.Core;

/// <content>Checks of the native window, without tensor work.</content>
public sealed partial class LlocoPipeline
{
    /// <summary>Counts the summary embeddings that a text would have.</summary>
    internal int CountSummaries(string text) =>
        _layers.Compressor.Cut([.. Tokenizer.Encode(text)]).Count * Fingerprint.SummaryLength;

    /// <summary>Counts the positions that a question leaves for summary embeddings.</summary>
    internal int RoomForSummaries(string question, string? adapter, int maxNewTokens) =>
        new WindowBudget(NativeWindow)
        {
            Prompt = Tokenizer.Encode(_layers.Prompts.For(adapter).Format(question)).Count, Answer = maxNewTokens,
        }.Room;
}
