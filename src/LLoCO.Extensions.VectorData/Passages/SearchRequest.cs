using System.Linq.Expressions;
using Microsoft.Extensions.VectorData;

namespace LLoCO.Extensions.VectorData.Passages;

/// <summary>What both kinds of search ask for.</summary>
/// <param name="Filter">What a record must be; all with <see langword="null"/>.</param>
/// <param name="Skip">Results to leave out at the front.</param>
/// <param name="Top">Most results.</param>
/// <param name="Least">The least score; any with <see langword="null"/>.</param>
/// <param name="IncludeVectors">Whether records have their vectors.</param>
internal sealed record SearchRequest(Func<PassageRecord, bool>? Filter, int Skip, int Top, double? Least, bool IncludeVectors)
{
    /// <summary>Reads the options of a vector search.</summary>
    /// <param name="options">The options.</param>
    /// <param name="top">Most results.</param>
    public static SearchRequest Read(VectorSearchOptions<PassageRecord>? options, int top)
    {
        Check(options?.VectorProperty, nameof(PassageRecord.Vector));
        return new SearchRequest(
            options?.Filter?.Compile(), options?.Skip ?? 0, top, options?.ScoreThreshold, options?.IncludeVectors ?? false);
    }

    /// <summary>Reads the options of a hybrid search.</summary>
    /// <param name="options">The options.</param>
    /// <param name="top">Most results.</param>
    public static SearchRequest Read(HybridSearchOptions<PassageRecord>? options, int top)
    {
        Check(options?.VectorProperty, nameof(PassageRecord.Vector));
        Check(options?.AdditionalProperty, nameof(PassageRecord.Text));
        return new SearchRequest(
            options?.Filter?.Compile(), options?.Skip ?? 0, top, options?.ScoreThreshold, options?.IncludeVectors ?? false);
    }

    /// <summary>Gets the results to rank.</summary>
    public int Depth => (int)Math.Min(int.MaxValue, (long)Skip + Top);

    /// <summary>Cuts ranked records to what was asked for.</summary>
    /// <param name="ranked">Records that match the filter, best first.</param>
    public List<(PassageRecord Record, double Score)> Cut(IEnumerable<(PassageRecord Record, double Score)> ranked) =>
        [.. ranked.Where(one => Least is not { } least || one.Score >= least).Skip(Skip).Take(Top)];

    private static void Check(Expression<Func<PassageRecord, object?>>? property, string only)
    {
        Expression? body = property?.Body;
        body = body is UnaryExpression convert ? convert.Operand : body;
        if (body is not null && (body as MemberExpression)?.Member.Name != only)
        {
            throw new InvalidOperationException($"This search can only be on the property {only}. Leave the property out.");
        }
    }
}
