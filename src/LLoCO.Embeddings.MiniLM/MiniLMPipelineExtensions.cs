using LLoCO.Core;

namespace LLoCO.Embeddings.MiniLM;

/// <summary>Adds all-MiniLM-L6-v2 to pipelines.</summary>
public static class MiniLMPipelineExtensions
{
    /// <summary>Ranks passages by meaning too, with all-MiniLM-L6-v2.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="options">How the model is run; defaults with <see langword="null"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="LlocoException">An option is out of range.</exception>
    public static LlocoPipelineBuilder UseMiniLM(this LlocoPipelineBuilder builder, MiniLMOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseEmbedder(new MiniLMEmbedder(options ?? new MiniLMOptions()));
    }
}
