using LLoCO.Core.Retrieval;
using LLoCO.Extensions.AI;
using Microsoft.Extensions.AI;

namespace LLoCO.Core.Tests.Retrieval;

public sealed class EmbeddingGeneratorExtensionsTests
{
    [Fact]
    public async Task AsPassageEmbedder_Texts_GoToTheGeneratorInOneCall()
    {
        using var generator = new LengthGenerator();
        IPassageEmbedder embedder = generator.AsPassageEmbedder();

        IReadOnlyList<ReadOnlyMemory<float>> vectors =
            await embedder.EmbedAsync(["a", "bcd"], TestContext.Current.CancellationToken);

        Assert.Equal([1f, 1f], vectors[0].ToArray());
        Assert.Equal([3f, 1f], vectors[1].ToArray());
        Assert.Equal(2, vectors.Count);
    }

    [Fact]
    public async Task AsPassageEmbedder_Cancellation_ReachesTheGenerator()
    {
        using var generator = new LengthGenerator();

        await Assert.ThrowsAsync<OperationCanceledException>(
            async () => await generator.AsPassageEmbedder().EmbedAsync(["a"], new CancellationToken(canceled: true)));
    }

    /// <summary>Embeds a text as [its length, number of calls so far].</summary>
    private sealed class LengthGenerator : IEmbeddingGenerator<string, Embedding<float>>
    {
        private int _calls;

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _calls++;
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(
                values.Select(value => new Embedding<float>(new[] { value.Length, (float)_calls }))));
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
