namespace LLoCO.Training;

/// <summary>How much of a domain a model can represent, measured before it is finetuned.</summary>
/// <param name="PiecesPerWord">Tokens per word of the documents; about 1.3 where a tokenizer knows the language.</param>
/// <param name="AnswerPiecesPerWord">Tokens per word of the answers.</param>
/// <param name="Asked">Questions that the base model was asked; 0 where the decoder cannot score, or no question has a document.</param>
/// <param name="FoundAlone">How many of their answers it would write behind the question alone, token for token.</param>
/// <param name="FoundReading">How many it would write with the document's summary embeddings, or its raw text, in front.</param>
public sealed record AnswerRepresentation(
    double PiecesPerWord, double AnswerPiecesPerWord, int Asked, int FoundAlone, int FoundReading)
{
    /// <summary>Gets whether the base model finds no answer: it does not know such words, or not such questions. Of words that it knows,
    /// an adapter learns new questions in minutes; of words that it does not know, hardly any.</summary>
    /// <value><see langword="false"/> where nothing was asked.</value>
    public bool FindsNothing => Asked > 0 && FoundReading <= FoundAlone;
}
