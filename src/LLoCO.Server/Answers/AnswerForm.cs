using LLoCO.Core;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>The JSON of one answer, in the form of the interface that was asked. Ids are random, so that they tell nothing about other
/// requests.</summary>
/// <param name="request">The request.</param>
internal abstract class AnswerForm(AnswerRequest request) : IErrorForm
{
    /// <summary>Gets the request.</summary>
    protected AnswerRequest Request => request;

    /// <summary>Gets the model that was asked for.</summary>
    protected string Model => request.Model;

    /// <summary>Gets when the answer began, in seconds since 1970.</summary>
    protected long Created { get; } = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>Makes an answer that is not streamed.</summary>
    /// <param name="response">The response.</param>
    public abstract object Whole(ChatResponse response);

    /// <summary>Makes the events in front of the text.</summary>
    public abstract IEnumerable<ServerEvent> Begin();

    /// <summary>Makes the events of a piece of the text.</summary>
    /// <param name="text">The piece; not empty.</param>
    public abstract IEnumerable<ServerEvent> Piece(string text);

    /// <summary>Makes the events behind the text: why it ended, what it rests on, what was counted.</summary>
    /// <param name="response">The response; its text is the whole answer.</param>
    public abstract IEnumerable<ServerEvent> End(ChatResponse response);

    /// <inheritdoc/>
    public virtual object Body(ServerException error) => OpenAIErrorForm.Instance.Body(error);

    /// <inheritdoc/>
    public virtual IEnumerable<ServerEvent> Events(ServerException error) => OpenAIErrorForm.Instance.Events(error);

    /// <summary>Makes an id.</summary>
    /// <param name="prefix">What stands in front of it.</param>
    protected static string NewId(string prefix) => prefix + Guid.NewGuid().ToString("N");

    /// <summary>Finds the sources of an answer.</summary>
    /// <param name="response">The response.</param>
    protected static IReadOnlyList<AnswerSource> Sources(ChatResponse response) => (response.RawRepresentation as LlocoAnswer)?.Sources ?? [];

    /// <summary>Checks whether an answer was cut at its longest.</summary>
    /// <param name="response">The response.</param>
    protected static bool IsCut(ChatResponse response) => response.FinishReason == ChatFinishReason.Length;

    /// <summary>Makes the object <c>lloco</c> of an answer.</summary>
    /// <param name="response">The response.</param>
    protected object? Details(ChatResponse response) => AnswerDetails.Create(response, request);
}
