using LLoCO.Core;
using LLoCO.Core.Validation;
using LLoCO.Extensions.AI.Chat;
using Microsoft.Extensions.AI;

namespace LLoCO.Extensions.AI;

/// <summary>A pipeline as <see cref="IChatClient"/>.</summary>
public static class LlocoChatClientExtensions
{
    /// <summary>Lets a pipeline answer chats: the last user message is the question, earlier turns are its history
    /// (<see cref="AskOptions.History"/>), and system messages are its instructions.</summary>
    /// <param name="pipeline">The pipeline; stays the caller's to dispose.</param>
    /// <param name="options">Defaults of its questions; none with <see langword="null"/>.</param>
    /// <returns>A client; safe for concurrent use. <see cref="IChatClient.GetService"/> gives the pipeline and the
    /// metadata.</returns>
    /// <remarks>
    /// <para>Of <see cref="ChatOptions"/>, these have their effect: <c>ModelId</c> (<see cref="LlocoChatOptions.ModelId"/>, the name of
    /// an adapter, or <see cref="AskOptions.NoAdapter"/>), <c>Instructions</c>, <c>MaxOutputTokens</c>, <c>Temperature</c>, <c>TopK</c>,
    /// <c>TopP</c>, <c>Seed</c>, <c>StopSequences</c>. <c>RawRepresentationFactory</c> may give <see cref="AskOptions"/>, which then
    /// replace <see cref="LlocoChatOptions.Ask"/>. A chat that sets how to generate starts from <see cref="AskOptions.Generation"/> of these
    /// options, not from the pipeline's. Everything else that would change the answer is refused with
    /// <see cref="NotSupportedException"/>: penalties, reasoning, a format other than text, tools
    /// (<see cref="LlocoChatOptions.IgnoresTools"/>), and a <c>ConversationId</c> where none are kept
    /// (<see cref="LlocoChatOptions.Conversations"/>). <c>AdditionalProperties</c> are not
    /// read.</para>
    /// <para>A response holds one text. Its annotations are the sources (<see cref="CitationAnnotation"/>: <c>FileId</c> is the document,
    /// <c>Snippet</c> the passage, and the additional properties <c>start</c> and <c>end</c> are its characters in the document). The
    /// additional properties of the message (and of a response that is not streamed) say what else is known: <c>warning</c>, <c>group</c>, <c>adapter</c>, <c>probability</c>,
    /// <c>token_probability</c>, <c>turns_left_out</c>. <c>RawRepresentation</c> is the <see cref="LlocoAnswer"/>. Input tokens are the
    /// positions that the model read; those of summary embeddings, which were computed when the document was ingested, count as
    /// cached.</para>
    /// </remarks>
    /// <exception cref="LlocoException">An option is out of range, or the model has no name.</exception>
    public static IChatClient AsChatClient(this LlocoPipeline pipeline, LlocoChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        options ??= new LlocoChatOptions();
        OptionsFaults.ThrowIfAny(options, "chat client's options");
        if (string.IsNullOrWhiteSpace(options.ModelId))
        {
            throw new LlocoException("The chat client's ModelId is empty. Give the model a name, or leave it out.");
        }

        return new LlocoChatClient(pipeline, options);
    }
}
