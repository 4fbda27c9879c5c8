using LLoCO.Core;
using LLoCO.Core.Retrieval;
using LLoCO.Embeddings.MiniLM;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds all-MiniLM-L6-v2 to an application's services.</summary>
public static class MiniLMServiceCollectionExtensions
{
    /// <summary>Adds all-MiniLM-L6-v2 as the application's embedder: <see cref="IPassageEmbedder"/>, which pipelines of the services
    /// use, and <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">How the model is run; defaults with <see langword="null"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="LlocoException">An option is out of range.</exception>
    public static IServiceCollection AddMiniLM(this IServiceCollection services, MiniLMOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var embedder = new MiniLMEmbedder(options ?? new MiniLMOptions());
        services.TryAddSingleton<IPassageEmbedder>(embedder);
        services.TryAddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(embedder);
        return services;
    }
}
