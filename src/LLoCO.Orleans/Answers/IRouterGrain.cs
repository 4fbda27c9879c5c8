using Orleans;

namespace LLoCO.Orleans.Answers;

/// <summary>Finds where a question is answered best. There is one on every silo.</summary>
internal interface IRouterGrain : IGrainWithIntegerKey
{
    /// <summary>Finds the key of the grain that answers.</summary>
    /// <param name="question">The question.</param>
    /// <param name="group">The group to search, or <see langword="null"/>.</param>
    /// <param name="documents">The documents to read; retrieval chooses if there are none.</param>
    /// <param name="adapter">The adapter, or <see langword="null"/> for that of the group.</param>
    Task<string> RouteAsync(string question, string? group, IReadOnlyList<string> documents, string? adapter);
}
