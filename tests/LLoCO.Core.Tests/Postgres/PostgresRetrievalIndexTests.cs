using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Postgres;

namespace LLoCO.Core.Tests.Postgres;

/// <summary>What every index must do, over a server.</summary>
public sealed class PostgresRetrievalIndexTests(SharedPostgres shared) : RetrievalIndexContract
{
    private PostgresServer? _server;
    private string _database = string.Empty;

    protected override async ValueTask<IRetrievalIndex> CreateAsync()
    {
        _server = await shared.GetAsync();
        _database = await _server.CreateIndexAsync();
        return await PostgresRetrievalIndex.OpenAsync(_server.Address(_database), cancellationToken: Cancelled);
    }

    public override async ValueTask DisposeAsync()
    {
        // A test that is skipped has no index.
        if (Index is not null)
        {
            await base.DisposeAsync();
            await _server!.DropAsync(_database);
        }

        GC.SuppressFinalize(this);
    }
}
