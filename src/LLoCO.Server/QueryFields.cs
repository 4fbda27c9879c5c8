using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace LLoCO.Server;

/// <summary>The query of a request's address. A misspelt name is refused, as in a body: nobody would notice that it has no effect.</summary>
internal static class QueryFields
{
    /// <summary>Refuses what an endpoint does not know.</summary>
    /// <param name="request">The request.</param>
    /// <param name="known">The names that it knows.</param>
    /// <exception cref="ServerException">Another name stands there, or one of these twice.</exception>
    public static void Ensure(HttpRequest request, IReadOnlyList<string> known)
    {
        foreach ((string name, StringValues values) in request.Query)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new ServerException(
                    400, "unsupported_parameter", $"{name} is not supported in the query. "
                    + (known.Count == 0 ? "Leave it out." : $"It may hold {string.Join(", ", known)}."), name);
            }

            if (values.Count > 1)
            {
                throw ServerException.Invalid(name, $"{name} stands {values.Count} times in the query. Give it once.");
            }
        }
    }

    /// <summary>Reads a field that is true or false.</summary>
    /// <param name="request">The request.</param>
    /// <param name="name">The field.</param>
    /// <exception cref="ServerException">It is neither.</exception>
    public static bool Flag(HttpRequest request, string name) => request.Query[name].FirstOrDefault() switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw ServerException.Invalid(name, $"{name} must be true or false."),
    };
}
