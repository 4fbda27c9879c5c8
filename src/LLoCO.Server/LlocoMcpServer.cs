using LLoCO.Core;
using LLoCO.Extensions.AI;
using LLoCO.Server.Mcp;
using LLoCO.Server.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace LLoCO.Server;

/// <summary>A pipeline as server of the Model Context Protocol, for agents that start it as a program.</summary>
/// <remarks>Tools: <c>ask</c>, <c>search</c>, <c>ingest</c>, <c>list</c>. Resources: the text of each document. Over HTTP, an application
/// adds them with <see cref="LlocoMcpServiceCollectionExtensions.AddLlocoMcp"/>.</remarks>
public static class LlocoMcpServer
{
    /// <summary>Serves one client over two streams, such as standard input and output, until its input ends.</summary>
    /// <param name="pipeline">The pipeline; stays the caller's to dispose.</param>
    /// <param name="input">What the client writes. It may use the documents of all groups.</param>
    /// <param name="output">What the client reads. Nothing else may be written there.</param>
    /// <param name="options">How questions are asked by default; none with <see langword="null"/>.</param>
    /// <param name="loggers">Where the server logs; nowhere with <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the server.</param>
    /// <returns>A task that ends with the client.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task RunAsync(
        LlocoPipeline pipeline, Stream input, Stream output, LlocoChatOptions? options = null, ILoggerFactory? loggers = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        loggers ??= NullLoggerFactory.Instance;
        var server = new McpServerOptions();
        var endpoints = new PipelineSource(pipeline, null, one => new PipelineEndpoints(one, new LlocoServerOptions()));
        McpSurface.AddTo(server, endpoints, (options ?? new LlocoChatOptions()).Ask, enter: null);
        await using var transport = new StreamServerTransport(input, output, "lloco", loggers);
        await using McpServer running = McpServer.Create(transport, server, loggers);
        await running.RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
