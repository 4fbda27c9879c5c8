using System.Globalization;
using System.Text;
using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Core.Validation;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace LLoCO.Extensions.Agents;

/// <summary>Gives an agent, of whatever model, the passages of an index that match the question, as a message before it.</summary>
/// <remarks>The message's annotations are the sources (<see cref="CitationAnnotation"/>: <c>FileId</c> is the document, <c>Snippet</c> the
/// passage, and the additional properties <c>start</c> and <c>end</c> are its characters in the document). Without a matching passage there is
/// no message. Passages are sent to the agent's model. Safe for concurrent use.</remarks>
public sealed class SourceContextProvider : MessageAIContextProvider
{
    private readonly IRetrievalIndex _index;
    private readonly SourceContextOptions _options;

    /// <summary>Creates a provider.</summary>
    /// <param name="index">The index, such as <c>pipeline.Index</c>; stays the caller's.</param>
    /// <param name="options">Which passages; defaults with <see langword="null"/>.</param>
    /// <exception cref="LlocoException">An option is out of range.</exception>
    public SourceContextProvider(IRetrievalIndex index, SourceContextOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        _index = index;
        _options = options ?? new SourceContextOptions();
        OptionsFaults.ThrowIfAny(_options, "context provider's options");
    }

    /// <inheritdoc/>
    protected override async ValueTask<IEnumerable<ChatMessage>> ProvideMessagesAsync(
        InvokingContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        string question = string.Join('\n', context.RequestMessages
            .Where(message => message.Role == ChatRole.User && !string.IsNullOrWhiteSpace(message.Text))
            .TakeLast(_options.Messages).Select(message => message.Text));
        if (question.Length == 0)
        {
            return [];
        }

        ReadOnlyMemory<float> vector = _options.Embedder is null
            ? default
            : (await _options.Embedder.EmbedAsync([question], cancellationToken).ConfigureAwait(false))[0];
        IReadOnlyList<PassageHit> hits = await _index.SearchAsync(
            new PassageQuery(question, _options.Group, _options.Passages, vector), cancellationToken).ConfigureAwait(false);
        return hits.Count == 0 ? [] : [Write(hits)];
    }

    private ChatMessage Write(IReadOnlyList<PassageHit> hits)
    {
        var text = new StringBuilder(_options.Introduction);
        for (int i = 0; i < hits.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\n[{i + 1}] {hits[i].DocumentId}:\n{hits[i].Text.Trim()}");
        }

        return new ChatMessage(ChatRole.User, [new TextContent(text.ToString()) { Annotations = [.. hits.Select(Cite)] }]);
    }

    private static AIAnnotation Cite(PassageHit hit) => new CitationAnnotation
    {
        Title = hit.DocumentId,
        FileId = hit.DocumentId,
        Snippet = hit.Text,
        RawRepresentation = hit,
        AdditionalProperties = new AdditionalPropertiesDictionary { ["start"] = hit.Start, ["end"] = hit.Start + hit.Length, ["score"] = hit.Score },
    };
}
