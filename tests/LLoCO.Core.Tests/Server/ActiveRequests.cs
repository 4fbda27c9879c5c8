using Microsoft.AspNetCore.Http;

namespace LLoCO.Core.Tests.Server;

/// <summary>Counts the requests of one server: its own meters are those of all servers in this process.</summary>
internal sealed class ActiveRequests
{
    private int _count;

    /// <summary>Gets how many have come and are not done.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Stands in front of all endpoints.</summary>
    public async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _count);
        try
        {
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
