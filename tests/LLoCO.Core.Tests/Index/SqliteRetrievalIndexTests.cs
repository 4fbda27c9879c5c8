using LLoCO.Core.Index;

namespace LLoCO.Core.Tests.Index;

public sealed class SqliteRetrievalIndexTests : RetrievalIndexContract
{
    private readonly TemporaryFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override ValueTask<IRetrievalIndex> CreateAsync() =>
        ValueTask.FromResult<IRetrievalIndex>(SqliteRetrievalIndex.Open(_folder.PathOf("index.db")));
}
