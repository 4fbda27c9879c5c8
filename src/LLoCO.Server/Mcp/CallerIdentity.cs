using System.Security.Claims;
using LLoCO.Server.Access;

namespace LLoCO.Server.Mcp;

/// <summary>Carries the caller of a request to the tools, as its user.</summary>
/// <param name="caller">Who asks.</param>
internal sealed class CallerIdentity(Caller caller) : ClaimsIdentity([new Claim(ClaimTypes.Name, caller.Name)], "lloco")
{
    /// <summary>Makes the user of a request.</summary>
    /// <param name="caller">Who asks.</param>
    public static ClaimsPrincipal CreateUser(Caller caller) => new(new CallerIdentity(caller));

    /// <summary>Finds who asks.</summary>
    /// <param name="user">The user of a message; <see langword="null"/> behind standard input, which only this machine writes to.</param>
    public static Caller Find(ClaimsPrincipal? user) => (user?.Identity as CallerIdentity)?.Caller ?? Caller.Local;

    private Caller Caller => caller;
}
