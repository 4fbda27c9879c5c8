namespace LLoCO.Training;

/// <summary>A stretch of text that the model learns to write behind a document: a restatement, or a question with its
/// answer.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Weights">Per token, its weight in the loss; 0 for a token that is given. The first token is always given.</param>
/// <param name="Target">The token whose prediction tells whether the fact was looked up.</param>
/// <param name="Kind">What kind of item it is, for the metrics.</param>
internal sealed record TrainingItem(int[] Ids, float[] Weights, int Target, string Kind = "synth")
{
    /// <summary>Gets the places of the prefix that the item stands behind, from the start: what was true there, before the document
    /// went on. <see langword="null"/> for the whole prefix.</summary>
    internal int? Seen { get; init; }

    /// <summary>Gets the tokens of the value that is looked up, from <see cref="Target"/> on: the first tells whether it was found,
    /// the others whether it was copied on.</summary>
    internal int TargetLength { get; init; } = 1;
}
