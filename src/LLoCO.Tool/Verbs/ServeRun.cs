using System.Net;
using LLoCO.Core;
using LLoCO.Extensions.Hosting;
using LLoCO.Server;
using LLoCO.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LLoCO.Tool.Verbs;

/// <summary>Runs the web server until it is interrupted.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="tenants">The tenants; <see langword="null"/> where the pipeline's own documents are served.</param>
/// <param name="options">Who may use it.</param>
/// <param name="console">Where the address is written.</param>
internal sealed class ServeRun(LlocoPipeline pipeline, TenantStore? tenants, LlocoServerOptions options, ToolConsole console)
{
    /// <summary>Serves until the token is cancelled or the process is told to end.</summary>
    /// <param name="address">Where to listen.</param>
    /// <param name="cancellationToken">Ends it: answers in progress may end by themselves for a few seconds.</param>
    /// <exception cref="LlocoException">The port is in use.</exception>
    public async Task RunAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        // The tool's own folder: a configuration file in the user's must not change the server.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerFactory>(new WriterLoggerFactory(console.Error, console.Verbose));
        builder.Services.AddSingleton(_ => pipeline);
        builder.Services.AddLlocoWarmUp();
        builder.Services.AddLlocoMcp().AddLlocoOpenApi();
        if (tenants is not null)
        {
            builder.Services.AddLlocoTenants(tenants);
        }

        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.StopSeconds + 5));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address);
        });
        await using WebApplication app = builder.Build();
        app.MapLloco(options);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new LlocoException($"The server cannot listen on {address}: {error.Message} Choose another --port.", error);
        }

        // Whoever waits for the line below may ask at once.
        await app.Services.GetRequiredService<LlocoWarmUp>().RunAsync(cancellationToken).ConfigureAwait(false);
        string url = app.Urls.First();
        object what = tenants is null
            ? new { url, documents = await CountAsync(cancellationToken).ConfigureAwait(false) }
            : new { url, tenants = tenants.FindTenants().Count };
        console.Result(what, $"serving {url} (Ctrl-C ends)");
        await app.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> CountAsync(CancellationToken cancellationToken) =>
        await pipeline.Index.ListAsync(null, cancellationToken).CountAsync(cancellationToken).ConfigureAwait(false);
}
