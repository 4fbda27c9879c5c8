using LLoCO.Core;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Validation;

namespace LLoCO.Training.SelfStudy;

/*
 *   documents ─cut─► stretches ─seed prompts, rounds─► requests ──► teacher ──► replies ──► pairs ──► training
 *                                                         │            │           │
 *                                                         └── cache: JSON lines ◄──┘      (a student that sees the
 *                                                             keyed by content            summary embeddings only)
 */

/// <summary>
/// Learning without labels: a teacher that sees raw text writes questions and answers about documents, on which a student is
/// then trained that sees their summary embeddings only (self-study, arXiv 2506.06266; PISCO, arXiv 2501.16075).
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
/// <param name="teacher">The teacher; stays the caller's.</param>
/// <param name="tokenizer">The student's tokenizer.</param>
/// <param name="options">What is asked and what is kept; defaults with <see langword="null"/>.</param>
/// <param name="cache">Where replies are kept; in memory with <see langword="null"/>. Stays the caller's.</param>
public sealed class SelfStudyGenerator(
    ITeacher teacher, ITokenizer tokenizer, SelfStudyOptions? options = null, StudyCache? cache = null)
{
    private const int DefaultChunkTokens = 512;
    private const int NameTokens = 24;

    private readonly SelfStudyOptions _options = Checked(options ?? new SelfStudyOptions());

    /// <summary>Asks about documents and keeps the usable pairs.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="progress">Called after each request.</param>
    /// <param name="cancellationToken">Checked before each request; what was answered stays in the cache.</param>
    /// <returns>The pairs, with a count of what was dropped. The same documents, options and cached replies give the same
    /// pairs.</returns>
    /// <exception cref="LlocoException">The teacher sees too little for any text beside a prompt, or failed at every
    /// request.</exception>
    public async Task<StudyResult> RunAsync(
        IReadOnlyList<StudyDocument> documents,
        IProgress<StudyProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        Request[] requests = [.. Plan(documents).Take(_options.MaxRequests)];
        StudyCache kept = cache ?? StudyCache.InMemory();
        var filter = new StudyFilter(tokenizer, _options);
        var failures = new List<Exception>();
        int answered = 0, cached = 0, replies = 0, done = 0;
        foreach (Request[] wave in requests.Chunk(_options.Concurrency))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Outcome[] outcomes = await Task.WhenAll(wave.Select(request => AnswerAsync(request, kept, cancellationToken)))
                .ConfigureAwait(false);
            foreach ((Request request, Outcome outcome) in wave.Zip(outcomes))
            {
                done++;
                if (outcome.Failure is { } failure)
                {
                    failures.Add(failure);
                    continue;
                }

                answered++;
                cached += outcome.Cached ? 1 : 0;
                replies += outcome.Replies.Count;
                foreach (TeacherReply reply in outcome.Replies)
                {
                    filter.Add(request.Document, request.Chunk, request.Prompt, reply, request.Name);
                }
            }

            progress?.Report(new StudyProgress(done, requests.Length, filter.Count));
            if (filter.Count >= _options.MaxPairs)
            {
                break;
            }
        }

        if (answered == 0 && failures.Count > 0)
        {
            throw new LlocoException(
                $"The teacher answered none of {failures.Count} requests. The first error: {failures[0].Message}", failures[0]);
        }

        return new StudyResult(
            InOrder(documents, filter.Pairs.Take(_options.MaxPairs)), answered, cached, replies, filter.Dropped, failures);
    }

    /// <summary>All requests: a round over every document before the next one begins.</summary>
    private IEnumerable<Request> Plan(IReadOnlyList<StudyDocument> documents)
    {
        var cuts = new Dictionary<(StudyDocument, StudyPrompt), IReadOnlyList<StudyChunk>>();
        for (int round = 0; round < _options.Rounds; round++)
        {
            foreach (StudyDocument document in documents)
            {
                foreach (StudyPrompt prompt in _options.Prompts)
                {
                    if (!cuts.TryGetValue((document, prompt), out IReadOnlyList<StudyChunk>? chunks))
                    {
                        chunks = StudyChunks.Cut(document.Text, tokenizer, RoomFor(prompt));
                        cuts.Add((document, prompt), chunks);
                    }

                    foreach (StudyChunk chunk in chunks)
                    {
                        IReadOnlyList<string> names = prompt.Question is null
                            ? [string.Empty]
                            : StudyNames.Find(document.Text.Substring(chunk.Start, chunk.Length));
                        foreach (string name in names)
                        {
                            yield return new Request(document, chunk, prompt, name, _options.Seed + round);
                        }
                    }
                }
            }
        }
    }

    private int RoomFor(StudyPrompt prompt)
    {
        // Reserves two tokens for differences at the borders of the text, and some for a name.
        int around = tokenizer.Encode(prompt.Format(string.Empty, _options.PairsPerRequest)).Count + 2
            + (prompt.Question is null ? 0 : NameTokens);
        int room = Math.Min(_options.ChunkTokens ?? DefaultChunkTokens, teacher.MaxPromptTokens - around);
        return room >= 16
            ? room
            : throw new LlocoException(
                $"The teacher takes prompts of {teacher.MaxPromptTokens} tokens; the seed prompt '{prompt.Name}' needs "
                + $"{around} of "
                + "them and leaves too few for the text. Shorten the prompt, or take a teacher with a larger window.");
    }

    private async Task<Outcome> AnswerAsync(Request request, StudyCache kept, CancellationToken cancellationToken)
    {
        string text = request.Document.Text.Substring(request.Chunk.Start, request.Chunk.Length);
        int count = request.Prompt.Question is null ? _options.PairsPerRequest : 1;
        TeacherRequest asked = request.ToTeacher(text, count);
        string key = StudyCache.KeyOf(teacher.Fingerprint, asked);
        if (kept.Find(key) is { } known)
        {
            return new Outcome(known, Cached: true, null);
        }

        try
        {
            IReadOnlyList<TeacherReply> replies = await teacher.AskAsync(asked, cancellationToken).ConfigureAwait(false);
            kept.Add(key, replies);
            return new Outcome(replies, Cached: false, null);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new Outcome([], Cached: false, error);
        }
    }

    private static StudyPair[] InOrder(IReadOnlyList<StudyDocument> documents, IEnumerable<StudyPair> pairs)
    {
        ILookup<string, StudyPair> byDocument = pairs.ToLookup(pair => pair.DocumentId, StringComparer.Ordinal);
        return [.. documents.Select(document => document.Id).Distinct().SelectMany(id => byDocument[id])];
    }

    private static SelfStudyOptions Checked(SelfStudyOptions options)
    {
        OptionsFaults.ThrowIfAny(options, "self-study options");
        return options.Prompts.Count > 0
            ? options
            : throw new LlocoException("There is no seed prompt: a teacher must be told what to write. Give at least one.");
    }

    private sealed record Request(StudyDocument Document, StudyChunk Chunk, StudyPrompt Prompt, string Name, int Seed)
    {
        /// <summary>Builds the teacher's prompt for the request's stretch of text.</summary>
        public TeacherRequest ToTeacher(string text, int count) =>
            new(Prompt.Format(text, count, Name), count, Seed) { GreedyAfter = Prompt.GreedyAfter };
    }

    private sealed record Outcome(IReadOnlyList<TeacherReply> Replies, bool Cached, Exception? Failure);
}
