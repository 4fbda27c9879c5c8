using LLoCO.Core;

namespace LLoCO.Postgres;

/// <summary>Indexes in PostgreSQL for pipelines.</summary>
public static class PostgresPipelineBuilderExtensions
{
    /// <summary>Keeps documents in PostgreSQL. The pipeline connects when it is built, and closes the connections when it is
    /// disposed.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="address">The address (<see cref="PostgresAddress"/>).</param>
    /// <param name="options">How to open the index; defaults where <see langword="null"/>.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="LlocoException">The address cannot be read.</exception>
    public static LlocoPipelineBuilder UsePostgresIndex(
        this LlocoPipelineBuilder builder, string address, PostgresIndexOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        PostgresAddress.Parse(address);
        return builder.AddPostgresIndexes(options).UseIndex(address);
    }

    /// <summary>Lets the names of indexes be addresses in PostgreSQL (<see cref="PostgresAddress.IsAddress"/>), wherever a file could be
    /// named: in <see cref="LlocoPipelineBuilder.UseIndex(string)"/> and in the configuration (<c>"Index": "postgres://…"</c>).</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="options">How to open such indexes; defaults where <see langword="null"/>.</param>
    /// <returns>The builder.</returns>
    public static LlocoPipelineBuilder AddPostgresIndexes(this LlocoPipelineBuilder builder, PostgresIndexOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddIndexKind(address => PostgresAddress.IsAddress(address)
            ? async cancellationToken =>
                await PostgresRetrievalIndex.OpenAsync(address, options, cancellationToken).ConfigureAwait(false)
            : null);
    }
}
