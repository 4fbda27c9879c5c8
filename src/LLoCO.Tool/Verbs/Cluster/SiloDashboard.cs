using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Dashboard;
using Orleans.Hosting;

namespace LLoCO.Tool.Verbs.Cluster;

/// <summary>Orleans' own page of a cluster, served by a silo on this machine alone: it has no password.</summary>
internal static class SiloDashboard
{
    /// <summary>Describes a silo with the page.</summary>
    /// <param name="port">The page's port.</param>
    public static WebApplicationBuilder Create(int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        builder.UseOrleans(silo => silo.AddDashboard());
        return builder;
    }

    /// <summary>Builds the silo, with the page where it was described.</summary>
    /// <param name="builder">The silo.</param>
    public static IHost Build(IHostApplicationBuilder builder)
    {
        if (builder is not WebApplicationBuilder described)
        {
            return ((HostApplicationBuilder)builder).Build();
        }

        WebApplication application = described.Build();
        application.MapOrleansDashboard();
        return application;
    }
}
