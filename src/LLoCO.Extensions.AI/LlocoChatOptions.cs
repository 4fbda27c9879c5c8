using LLoCO.Core;

namespace LLoCO.Extensions.AI;

/// <summary>How a chat client asks the pipeline.</summary>
public sealed record LlocoChatOptions
{
    /// <summary>Gets the name of the model: in the client's metadata, and as what chats may ask for. It answers with the adapter that has
    /// the name of the documents' group, where there is one.</summary>
    /// <value>Default <c>lloco</c>.</value>
    public string ModelId { get; init; } = "lloco";

    /// <summary>Gets the options of each question that the chat does not set: group, documents, expansion and so on.</summary>
    /// <value>Default: the pipeline's, and <see cref="WindowPolicy.FewerDocuments"/>.</value>
    public AskOptions Ask { get; init; } = new() { WindowPolicy = WindowPolicy.FewerDocuments };

    /// <summary>Gets whether a chat that offers tools is answered without them.</summary>
    /// <value>Default <see langword="false"/>: it is refused, since the model calls none.</value>
    public bool IgnoresTools { get; init; }

    /// <summary>Gets how conversations are kept: every response then has a <c>ConversationId</c>, and a chat with this id goes on behind
    /// the turns before, which are not sent again.</summary>
    /// <value>Default <see langword="null"/>: none is kept, and a chat with an id is refused.</value>
    public ConversationOptions? Conversations { get; init; }
}
