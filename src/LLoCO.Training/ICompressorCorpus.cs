namespace LLoCO.Training;

/// <summary>The source of a compressor's training documents.</summary>
/// <remarks>An implementation gives the same document for the same index and epoch, on every call and in every process. It is
/// called from one thread at a time.</remarks>
public interface ICompressorCorpus
{
    /// <summary>Gets the number of documents of an epoch; at least 1.</summary>
    int Count { get; }

    /// <summary>Gets a document.</summary>
    /// <param name="index">Which one, from 0.</param>
    /// <param name="epoch">In which epoch, from 0.</param>
    /// <returns>The document.</returns>
    CompressorDocument Get(int index, int epoch);
}

/// <summary>A document, or a stretch of text, that a compressor learns on.</summary>
/// <param name="Id">Its id, for messages.</param>
/// <param name="Tokens">Its ids; at least 2. It is cut into segments while training.</param>
/// <param name="Questions">Questions after the whole document; often empty.</param>
public sealed record CompressorDocument(
    string Id, ReadOnlyMemory<int> Tokens, IReadOnlyList<CompressorQuestion> Questions);

/// <summary>A question to a document.</summary>
/// <param name="Prompt">The prompt's ids; at least one.</param>
/// <param name="Answer">The answer's ids with the end token; at least one. The model learns these tokens.</param>
public sealed record CompressorQuestion(ReadOnlyMemory<int> Prompt, ReadOnlyMemory<int> Answer);
