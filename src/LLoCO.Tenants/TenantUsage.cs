namespace LLoCO.Tenants;

/// <summary>How much a tenant keeps.</summary>
/// <param name="Documents">Documents; each part of a long one counts.</param>
/// <param name="Tokens">Tokens of all documents.</param>
/// <param name="Bytes">Bytes of the tenant's files.</param>
public readonly record struct TenantUsage(long Documents, long Tokens, long Bytes);
