using ModelContextProtocol.Client;

namespace LLoCO.Core.Tests.Server;

/// <summary>Clients of the Model Context Protocol that wait for their server as long as a busy machine needs: by default they take a server
/// that has not answered within 5 seconds for one of an earlier protocol, and give up after a minute.</summary>
internal static class PatientMcp
{
    /// <summary>Gets the options.</summary>
    public static McpClientOptions Options => new()
    {
        DiscoverProbeTimeout = Timeout.InfiniteTimeSpan, InitializationTimeout = TimeSpan.FromMinutes(10),
    };
}
