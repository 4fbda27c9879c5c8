using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Training;

/// <summary>Learning from documents without labels.</summary>
public static class PipelineStudyExtensions
{
    /// <summary>Creates a teacher from the pipeline's model, which writes questions and answers about raw text. It shares the
    /// weights with the pipeline and must not be used after it.</summary>
    /// <param name="pipeline">The pipeline, with the library's own compressor and decoder.</param>
    /// <param name="options">How it writes; defaults with <see langword="null"/>.</param>
    /// <returns>The teacher.</returns>
    /// <exception cref="LlocoException">The caller supplied the compressor or the decoder, so there is no model; or the adapter
    /// in the options does not exist.</exception>
    public static ITeacher CreateTeacher(this LlocoPipeline pipeline, ModelTeacherOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ITokenizer tokenizer = pipeline.Layers.Tokenizer;
        return new ModelTeacher(pipeline.RequireModel("A local teacher"), tokenizer, options ?? new ModelTeacherOptions());
    }

    /// <summary>Lets a teacher write questions and answers about the documents of the index.</summary>
    /// <param name="pipeline">The pipeline, with the library's own compressor and decoder.</param>
    /// <param name="teacher">The teacher: <see cref="CreateTeacher"/>, or one of the caller's.</param>
    /// <param name="group">Only documents of this group, or all with <see langword="null"/>.</param>
    /// <param name="options">What is asked and what is kept; defaults with <see langword="null"/>.</param>
    /// <param name="cache">Where replies are kept; in memory with <see langword="null"/>. Not disposed here.</param>
    /// <param name="progress">Told after each request.</param>
    /// <param name="cancellationToken">Checked before each request; what was answered stays in the cache.</param>
    /// <returns>The pairs, with a count of what was dropped.</returns>
    /// <exception cref="LlocoException">The index has no such document, or the teacher failed at every request.</exception>
    public static async Task<StudyResult> StudyAsync(
        this LlocoPipeline pipeline,
        ITeacher teacher,
        string? group = null,
        SelfStudyOptions? options = null,
        StudyCache? cache = null,
        IProgress<StudyProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(teacher);
        List<StudyDocument> documents =
            await DocumentsAsync(pipeline.Layers.Index, group, cancellationToken).ConfigureAwait(false);
        return documents.Count > 0
            ? await StudyAsync(pipeline, teacher, documents, options, cache, progress, cancellationToken).ConfigureAwait(false)
            : throw new LlocoException(
                group is null ? "The index is empty: there is nothing to study. Ingest documents first."
                : $"The index has no document of the group '{group}'. Name another, or ingest some first.");
    }

    /// <summary>Lets a teacher write questions and answers about some documents.</summary>
    /// <param name="pipeline">The pipeline, with the library's own compressor and decoder.</param>
    /// <param name="teacher">The teacher: <see cref="CreateTeacher"/>, or one of the caller's.</param>
    /// <param name="documents">The documents, with the texts that the index has of them.</param>
    /// <param name="options">What is asked and what is kept; defaults with <see langword="null"/>.</param>
    /// <param name="cache">Where replies are kept; in memory with <see langword="null"/>. Not disposed here.</param>
    /// <param name="progress">Told after each request.</param>
    /// <param name="cancellationToken">Checked before each request; what was answered stays in the cache.</param>
    /// <returns>The pairs, with a count of what was dropped.</returns>
    /// <exception cref="LlocoException">The teacher failed at every request.</exception>
    public static Task<StudyResult> StudyAsync(
        this LlocoPipeline pipeline,
        ITeacher teacher,
        IReadOnlyList<StudyDocument> documents,
        SelfStudyOptions? options = null,
        StudyCache? cache = null,
        IProgress<StudyProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(documents);
        options ??= new SelfStudyOptions();

        // A model without a compressor, or key/value memories, have no segments of their own.
        int segment = (pipeline.Layers.Model?.Fingerprint ?? pipeline.Fingerprint).SegmentLength;
        options = options with { ChunkTokens = options.ChunkTokens ?? (segment > 0 ? segment : null) };
        return new SelfStudyGenerator(teacher, pipeline.Tokenizer, options, cache).RunAsync(documents, progress, cancellationToken);
    }

    /// <summary>Converts a teacher's pairs to training examples: answers, and the teacher's probabilities if its tokens equal the
    /// student's tokens of the answer.</summary>
    /// <param name="pipeline">The pipeline, with the library's own compressor and decoder.</param>
    /// <param name="pairs">The pairs; the index holds their documents.</param>
    /// <param name="adapter">Name of the new adapter, which selects its prompt; <see langword="null"/> for the model's
    /// own.</param>
    /// <param name="cancellationToken">Checked before each pair.</param>
    /// <returns>One example per pair, in order.</returns>
    /// <exception cref="LlocoException">The index lacks a document.</exception>
    public static async Task<IReadOnlyList<AdapterExample>> LoadExamplesAsync(
        this LlocoPipeline pipeline,
        IReadOnlyList<StudyPair> pairs,
        string? adapter = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(pairs);
        IEnumerable<QuestionItem> questions = pairs.Select((pair, number) => new QuestionItem(
            $"{pair.DocumentId}-{pair.Prompt}-{number}", adapter ?? string.Empty, pair.DocumentId, null, pair.Question,
            [pair.Answer], []));
        IReadOnlyList<AdapterExample> examples =
            await pipeline.LoadExamplesAsync(questions, adapter, raw: false, cancellationToken).ConfigureAwait(false);
        return [.. examples.Zip(pairs, Taught)];
    }

    private static AdapterExample Taught(AdapterExample example, StudyPair pair) =>
        pair.AnswerTokens.All(token => token.TopIds.Count > 0)
        && pair.AnswerTokens.Select(token => token.Id).SequenceEqual(example.Answer.ToArray())
            ? example with
            {
                Teacher = [.. pair.AnswerTokens.Select(
                    token => new TeacherToken(token.TopIds.ToArray(), token.TopLogProbabilities.ToArray()))],
            }
            : example;

    private static async Task<List<StudyDocument>> DocumentsAsync(
        IRetrievalIndex index, string? group, CancellationToken cancellationToken)
    {
        var documents = new List<StudyDocument>();
        await foreach (DocumentRecord record in index.ListAsync(group, cancellationToken).ConfigureAwait(false))
        {
            string text = await index.LoadTextAsync(record.Id, cancellationToken).ConfigureAwait(false) ?? string.Empty;
            documents.Add(new StudyDocument(record.Id, text));
        }

        return documents;
    }
}
