using System.Runtime.CompilerServices;
using LLoCO.Core;
using LLoCO.Server.Access;
using LLoCO.Tenants;
using Microsoft.AspNetCore.Http;

namespace LLoCO.Server.Pipelines;

/// <summary>Gives each caller the pipeline that it may use: the only one, or that of its tenant. Nothing behind it reaches another
/// one.</summary>
/// <param name="single">The pipeline without tenants.</param>
/// <param name="tenants">The tenants' pipelines; <see langword="null"/> for none.</param>
/// <param name="create">Makes the endpoints of a pipeline.</param>
/// <param name="quotas">How much tenants may keep.</param>
internal sealed class PipelineSource(
    LlocoPipeline single, TenantPipelines? tenants, Func<LlocoPipeline, PipelineEndpoints> create,
    IReadOnlyDictionary<TenantId, TenantQuota>? quotas = null)
{
    private readonly ConditionalWeakTable<LlocoPipeline, PipelineEndpoints> _known = [];

    /// <summary>Gets whether there are tenants.</summary>
    public bool HasTenants => tenants is not null;

    /// <summary>Does something with the caller's pipeline.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="caller">Who asks.</param>
    /// <param name="work">What to do. It must not keep what it gets.</param>
    /// <param name="cancellationToken">Ends the waiting for a pipeline.</param>
    /// <exception cref="ServerException">The caller belongs to no tenant.</exception>
    public async Task<T> UseAsync<T>(Caller caller, Func<PipelineEndpoints, Task<T>> work, CancellationToken cancellationToken)
    {
        if (tenants is null)
        {
            return await work(_known.GetValue(single, Make)).ConfigureAwait(false);
        }

        TenantId tenant = caller.Tenant ?? throw new ServerException(
            403, "no_tenant", "This key belongs to no tenant, so that there are no documents for it. Use a key of a tenant.");
        await using TenantLease lease = await tenants.OpenAsync(tenant, quotas?.GetValueOrDefault(tenant), cancellationToken)
            .ConfigureAwait(false);
        return await work(_known.GetValue(lease.Pipeline, Make)).ConfigureAwait(false);
    }

    /// <summary>Makes an endpoint of one that is a pipeline's.</summary>
    /// <param name="work">The endpoint.</param>
    public Func<HttpContext, Caller, CancellationToken, Task> For(
        Func<PipelineEndpoints, Func<HttpContext, Caller, CancellationToken, Task>> work) => (context, caller, cancellationToken) => UseAsync(
            caller,
            async endpoints =>
            {
                await work(endpoints)(context, caller, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    private PipelineEndpoints Make(LlocoPipeline pipeline) => create(pipeline);
}
