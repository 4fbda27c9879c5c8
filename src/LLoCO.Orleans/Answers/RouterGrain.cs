using LLoCO.Core;
using LLoCO.Core.Index;
using Orleans;
using Orleans.Concurrency;

namespace LLoCO.Orleans.Answers;

/// <summary>Routes by the documents that a question names, or by its best passage. What is found is a hint: whoever answers retrieves again,
/// as the pipeline does everywhere.</summary>
/// <param name="pipeline">The silo's pipeline.</param>
[StatelessWorker]
internal sealed class RouterGrain(LlocoPipeline pipeline) : Grain, IRouterGrain
{
    /// <inheritdoc/>
    public async Task<string> RouteAsync(string question, string? group, IReadOnlyList<string> documents, string? adapter)
    {
        if (documents.Count == 0)
        {
            IReadOnlyList<PassageHit> best = await Task.Run(
                () => pipeline.Index.SearchAsync(new PassageQuery(question, group, Limit: 1)).AsTask()).ConfigureAwait(true);
            return best.Count == 0
                ? AnswerKey.Make(adapter ?? group ?? string.Empty, [])
                : AnswerKey.Make(adapter ?? best[0].Group, [best[0].DocumentId]);
        }

        DocumentRecord? record = await pipeline.Index.FindAsync(documents[0]).ConfigureAwait(true);
        return AnswerKey.Make(adapter ?? group ?? record?.Group ?? string.Empty, documents);
    }
}
