using LLoCO.Core;
using LLoCO.Server.Access;
using LLoCO.Server.Pipelines;

namespace LLoCO.Server.Mcp;

/// <summary>Connects the tools, which the services make, with the gate and the options of the endpoints, which are mapped
/// later.</summary>
internal sealed class McpGate
{
    private RequestGate? _gate;
    private PipelineSource? _pipelines;

    /// <summary>Gets the pipelines of callers.</summary>
    public PipelineSource Pipelines => _pipelines ?? throw NotMapped();

    /// <summary>Gets how questions are asked by default.</summary>
    public AskOptions Ask { get; private set; } = new();

    /// <summary>Sets what the endpoints use.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="pipelines">The pipelines of callers.</param>
    /// <param name="ask">How questions are asked by default.</param>
    public void Open(RequestGate gate, PipelineSource pipelines, AskOptions ask) => (_gate, _pipelines, Ask) = (gate, pipelines, ask);

    /// <summary>Lets a request use the model, when it is its turn.</summary>
    public Task<IDisposable> EnterAsync(Caller caller, CancellationToken cancellationToken) =>
        (_gate ?? throw NotMapped()).EnterAsync(caller, cancellationToken);

    private static InvalidOperationException NotMapped() => new("The endpoints are not mapped.");
}
