using LLoCO.Core.Index;

namespace LLoCO.Core.Tests.Index;

public sealed class InMemoryRetrievalIndexTests : RetrievalIndexContract
{
    protected override ValueTask<IRetrievalIndex> CreateAsync() =>
        ValueTask.FromResult<IRetrievalIndex>(new InMemoryRetrievalIndex());
}
