namespace LLoCO.Core.Index;

/// <summary>An index that moves documents to other groups without writing them again.</summary>
internal interface IRegroupable
{
    /// <summary>Moves documents, with all their parts, in one transaction.</summary>
    /// <param name="groups">The new group of each document, by id; names are checked already.</param>
    /// <param name="cancellationToken">Cancels before the transaction commits.</param>
    /// <returns>The number of documents moved.</returns>
    ValueTask<int> RegroupAsync(IReadOnlyDictionary<string, string> groups, CancellationToken cancellationToken);
}
