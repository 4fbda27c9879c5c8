using LLoCO.Core;
using Microsoft.Extensions.VectorData;

namespace LLoCO.Extensions.VectorData.Passages;

/// <summary>Failures of an index in the words of the abstraction.</summary>
internal static class Failures
{
    /// <summary>The name of this kind of store, as telemetry shows it.</summary>
    public const string SystemName = "lloco";

    /// <summary>Runs an operation on an index.</summary>
    /// <param name="collection">The collection's name.</param>
    /// <param name="operation">The operation's name.</param>
    /// <param name="work">The operation.</param>
    /// <exception cref="VectorStoreException">The index failed.</exception>
    public static async Task<T> RunAsync<T>(string collection, string operation, Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (LlocoException error)
        {
            throw new VectorStoreException(error.Message, error)
            {
                VectorStoreSystemName = SystemName, CollectionName = collection, OperationName = operation,
            };
        }
    }
}
