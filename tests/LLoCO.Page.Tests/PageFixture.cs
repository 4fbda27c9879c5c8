using LLoCO.Core;
using LLoCO.Models.Tiny;
using LLoCO.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace LLoCO.Page.Tests;

/// <summary>A server over the embedded model and an index in memory, and Debian's browser.</summary>
public sealed class PageFixture : IAsyncLifetime
{
    /// <summary>Where Debian and Ubuntu put it; <c>LLOCO_BROWSER</c> names another.</summary>
    private const string Chromium = "/usr/bin/chromium";

    /// <summary>The longest that anything may take in the browser, in milliseconds: a busy machine needs minutes to start one.</summary>
    private const int Longest = 600_000;

    private static readonly string[] Arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];

    private WebApplication? _app;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private LlocoPipeline? _pipeline;

    /// <summary>Gets why nothing can be tested; <see langword="null"/> where it can.</summary>
    public string? Lacking { get; private set; }

    /// <summary>Gets where the page is.</summary>
    public string Url => _app!.Urls.First() + "/";

    private static string Browser => Environment.GetEnvironmentVariable("LLOCO_BROWSER") is { Length: > 0 } named ? named : Chromium;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Browser))
        {
            Lacking = $"There is no browser at {Browser}. Install one (Debian: apt-get install chromium), or name it in LLOCO_BROWSER.";
            return;
        }

        _pipeline = await LlocoPipeline.CreateBuilder().UseTinyModel().UseIndex(new Core.Index.InMemoryRetrievalIndex()).BuildAsync();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(_ => _pipeline);
        _app = builder.Build();
        _app.MapLloco(new LlocoServerOptions
        {
            FullContext = tokens => new FullContextCost(tokens / 1000.0, tokens <= 4096),
            ReportFolder = PageReports.Write(),
        });
        await _app.StartAsync();
        Assertions.SetDefaultExpectTimeout(Longest);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Browser, Args = Arguments, Timeout = Longest });
    }

    /// <summary>Opens the page in a window of its own.</summary>
    /// <param name="width">The window's width.</param>
    /// <param name="dark">Whether the system is dark.</param>
    public async Task<IPage> OpenAsync(int width, bool dark = false)
    {
        IBrowserContext context = await _browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(Longest);
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(Url);
        return page;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_pipeline is not null)
        {
            await _pipeline.DisposeAsync();
        }

        PageReports.Delete();
    }
}
