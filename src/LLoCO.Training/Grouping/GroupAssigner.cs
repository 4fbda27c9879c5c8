using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Validation;

namespace LLoCO.Training.Grouping;

/// <summary>Finds the group of a document that is new, among the groups of an index.</summary>
/// <remarks>Safe for concurrent use. It knows the documents that the index held when it was loaded.</remarks>
public sealed class GroupAssigner
{
    private const int MaxPassages = 32;

    private readonly DocumentSpace _space;
    private readonly IReadOnlyList<GroupProfile> _profiles;
    private readonly SampleReader _reader;
    private readonly GroupingOptions _options;
    private readonly PipelineLayers _layers;

    private GroupAssigner(
        DocumentSpace space, IReadOnlyList<GroupProfile> profiles, SampleReader reader, GroupingOptions options, PipelineLayers layers)
    {
        _space = space;
        _profiles = profiles;
        _reader = reader;
        _options = options;
        _layers = layers;
    }

    /// <summary>Gets the groups that documents are assigned to.</summary>
    public IReadOnlyList<string> Groups => [.. _profiles.Select(profile => profile.Name)];

    /// <summary>Reads the groups of a pipeline's index. Of each, as many documents are read as share
    /// <see cref="GroupingOptions.MaxCompared"/> evenly; a group of fewer than <see cref="GroupingOptions.MinDocuments"/> takes no
    /// documents.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="options">What is compared and how near a document must be.</param>
    /// <param name="cancellationToken">Checked before each document.</param>
    /// <exception cref="LlocoException">An option is out of range, or embeddings are compared and a document has none.</exception>
    public static async Task<GroupAssigner> LoadAsync(
        LlocoPipeline pipeline, GroupingOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        options ??= new GroupingOptions();
        OptionsFaults.ThrowIfAny(options, "grouping options");
        List<DocumentRecord> records = await pipeline.Index.ListDocumentsAsync(null, cancellationToken)
            .Where(record => record.Group != GroupingOptions.Unsure).ToListAsync(cancellationToken).ConfigureAwait(false);
        IGrouping<string, DocumentRecord>[] groups =
            [.. records.GroupBy(record => record.Group).Where(group => group.Count() >= options.MinDocuments)];
        var reader = new SampleReader(pipeline.Index, options);
        var samples = new List<DocumentSample>();
        foreach (DocumentRecord record in groups.SelectMany(
            group => EvenChoice.Take([.. group], Math.Max(options.MinDocuments, options.MaxCompared / groups.Length))))
        {
            if (await reader.ReadAsync(record, cancellationToken).ConfigureAwait(false) is { } sample)
            {
                samples.Add(sample);
            }
        }

        DocumentSpace space = DocumentSpace.Fit(
            samples.Count == 0 ? GroupingEvidence.Words : options.Evidence, samples);
        IReadOnlyList<GroupProfile> profiles = GroupProfile.Create(
            [.. samples.GroupBy(sample => sample.Group).Select(
                group => (group.Key, (IReadOnlyList<SparseVector>)[.. group.Select(space.Map)]))],
            space.Width, options.Deviations);
        return new GroupAssigner(space, profiles, reader, options, pipeline.Layers);
    }

    /// <summary>Assigns a text.</summary>
    /// <param name="documentId">The document's id, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <param name="cancellationToken">Cancels the embedder.</param>
    /// <returns>The nearest group, if the text is near enough.</returns>
    /// <exception cref="LlocoException">Embeddings are compared, and the pipeline has no embedder or not that of the index.</exception>
    public async Task<GroupAssignment> AssignAsync(string documentId, string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        ArgumentNullException.ThrowIfNull(text);
        DocumentSample sample = _space is TermSpace
            ? _reader.Read(documentId, string.Empty, 0, text)
            : await EmbedAsync(documentId, text, cancellationToken).ConfigureAwait(false);
        return Nearest(_profiles, _space.Map(sample));
    }

    /// <summary>Finds the nearest profile.</summary>
    /// <param name="profiles">The groups.</param>
    /// <param name="document">A document of none of them.</param>
    internal static GroupAssignment Nearest(IReadOnlyList<GroupProfile> profiles, SparseVector document)
    {
        (GroupProfile Profile, double Similarity) best = profiles
            .Select(profile => (profile, profile.Compare(document)))
            .OrderByDescending(one => one.Item2)
            .FirstOrDefault();
        return best.Profile is null
            ? new GroupAssignment(GroupingOptions.Unsure, null, 0, 0)
            : new GroupAssignment(
                best.Similarity >= best.Profile.Limit ? best.Profile.Name : GroupingOptions.Unsure, best.Profile.Name,
                best.Similarity, best.Profile.Limit);
    }

    private async Task<DocumentSample> EmbedAsync(string documentId, string text, CancellationToken cancellationToken)
    {
        if (_layers.Embedder is not { } embedder)
        {
            throw new LlocoException("Embeddings are to be compared, but the pipeline has no embedder. Add one (UseEmbedder), or "
                + "compare words.");
        }

        string read = text.Length > _options.MaxCharacters ? text[.._options.MaxCharacters] : text;
        string[] passages = [.. EvenChoice.Take(_layers.Passages.Split(read), MaxPassages)
            .Select(passage => read.Substring(passage.Start, passage.Length))];
        IReadOnlyList<ReadOnlyMemory<float>> vectors = passages.Length == 0
            ? []
            : await embedder.EmbedAsync(passages, cancellationToken).ConfigureAwait(false);
        return new DocumentSample(documentId, string.Empty, 0, new Dictionary<string, int>(), SampleReader.Mean(vectors));
    }
}
