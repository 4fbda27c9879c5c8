using System.Net;
using System.Security.Cryptography;
using System.Text;
using LLoCO.Core;
using LLoCO.Tenants;
using Microsoft.AspNetCore.Http;

namespace LLoCO.Server.Access;

/// <summary>Finds who asks: by key, or, where there are no keys, only who sits at this machine.</summary>
internal sealed class ApiKeyCheck
{
    private readonly (byte[] Hash, Caller Caller)[] _keys;

    /// <summary>Reads the keys.</summary>
    /// <param name="keys">The keys.</param>
    /// <exception cref="LlocoException">A key has no name, its hash is none, its list of groups is empty, or its tenant cannot have that
    /// name.</exception>
    public ApiKeyCheck(IReadOnlyList<LlocoApiKey> keys) => _keys = [.. keys.Select(Read)];

    /// <summary>Finds who asks.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="ServerException">Nobody who may.</exception>
    public Caller Find(HttpRequest request)
    {
        if (_keys.Length == 0)
        {
            EnsureLocal(request);
            return Caller.Local;
        }

        string sent = request.Headers.Authorization.ToString();
        string key = sent.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? sent[7..].Trim()
            : request.Headers["x-api-key"].ToString().Trim();
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        Caller? found = null;

        // All keys are compared, each in constant time: how long it takes tells nothing.
        foreach ((byte[] known, Caller caller) in _keys)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, known) ? caller : found;
        }

        return found ?? throw new ServerException(
            401, "invalid_api_key", "There is no such key. Send one as 'Authorization: Bearer KEY'.");
    }

    private static (byte[] Hash, Caller Caller) Read(LlocoApiKey key)
    {
        if (key.Groups is { Count: 0 })
        {
            throw new LlocoException($"The API key '{key.Name}' has an empty list of groups, so it could use none. Name its groups, leave the list out for all, "
                + "or remove the key.");
        }

        string fault = string.IsNullOrWhiteSpace(key.Name) ? "has no name" : $"'{key.Name}' has a hash that is not SHA-256 as hex";
        return !string.IsNullOrWhiteSpace(key.Name) && key.Hash is { Length: 64 } && key.Hash.All(char.IsAsciiHexDigit)
            ? (Convert.FromHexString(key.Hash), new Caller(key.Name, key.Groups ?? [], key.Tenant is { } tenant ? new TenantId(tenant) : null))
            : throw new LlocoException($"An API key {fault}. Make one with 'lloco serve --new-key NAME'.");
    }

    /// <summary>Refuses other machines, and pages of other sites in a browser of this one.</summary>
    private static void EnsureLocal(HttpRequest request)
    {
        IPAddress? from = request.HttpContext.Connection.RemoteIpAddress;
        bool local = from is not null && IPAddress.IsLoopback(from) && !request.Headers.ContainsKey("X-Forwarded-For")
            && IsLoopback(request.Host.Host);
        string origin = request.Headers.Origin.ToString();
        bool own = origin.Length == 0 || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
        if (!local || !own)
        {
            throw new ServerException(
                403, "local_only", "Without API keys, only this machine is served, under localhost. Set keys to serve others.");
        }
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
