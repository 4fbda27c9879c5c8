using LLoCO.Core;
using LLoCO.Server.Access;

namespace LLoCO.Server.Mcp;

/// <summary>Connects the tools, which the services make, with the gate and the options of the endpoints, which are mapped
/// later.</summary>
internal sealed class McpGate
{
    private RequestGate? _gate;

    /// <summary>Gets how questions are asked by default.</summary>
    public AskOptions Ask { get; private set; } = new();

    /// <summary>Sets what the endpoints use.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="ask">How questions are asked by default.</param>
    public void Open(RequestGate gate, AskOptions ask) => (_gate, Ask) = (gate, ask);

    /// <summary>Lets a request use the model, when it is its turn.</summary>
    public Task<IDisposable> EnterAsync(Caller caller, CancellationToken cancellationToken) =>
        (_gate ?? throw new InvalidOperationException("The endpoints are not mapped.")).EnterAsync(caller, cancellationToken);
}
