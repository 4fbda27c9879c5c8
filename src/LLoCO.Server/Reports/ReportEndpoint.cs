using LLoCO.Core;
using LLoCO.Server.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.FileProviders;

namespace LLoCO.Server.Reports;

/// <summary>The reports of a folder: a list, and each file.</summary>
internal sealed class ReportEndpoint : IDisposable
{
    /// <summary>Nothing of a report runs, and it loads nothing but pictures of the same folder.</summary>
    private const string Policy = "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; sandbox allow-popups";

    private const int MaxFiles = 1000;
    private const int MaxDepth = 4;

    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html; charset=utf-8",
        [".md"] = "text/plain; charset=utf-8",
        [".json"] = "application/json",
        [".csv"] = "text/plain; charset=utf-8",
        [".png"] = "image/png",
        [".svg"] = "image/svg+xml",
    };

    private readonly PhysicalFileProvider? _files;

    /// <summary>Finds the folder.</summary>
    /// <param name="folder">The folder; <see langword="null"/> for none.</param>
    /// <exception cref="LlocoException">It is not there.</exception>
    public ReportEndpoint(string? folder)
    {
        if (folder is not null)
        {
            string full = Path.GetFullPath(folder);
            _files = Directory.Exists(full)
                ? new PhysicalFileProvider(full)
                : throw new LlocoException($"There is no folder '{folder}' with reports. Write some with 'lloco eval --report'.");
        }
    }

    /// <summary>Lists the reports.</summary>
    public Task ListAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        string[] names = _files is null || !caller.IsOperator ? [] : [.. Names(string.Empty, 1).Take(MaxFiles).Order(StringComparer.Ordinal)];
        return ServerJson.WriteAsync(
            context.Response, new { @object = "list", data = names.Select(name => new { name, path = "/reports/" + Escape(name) }) });
    }

    /// <summary>Sends a report.</summary>
    public async Task SendAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        string name = Uri.UnescapeDataString(context.GetRouteValue("name") as string ?? string.Empty);
        IFileInfo? file = caller.IsOperator && Types.ContainsKey(Path.GetExtension(name)) ? _files?.GetFileInfo(name) : null;
        if (file is not { Exists: true, IsDirectory: false })
        {
            throw new ServerException(404, "report_not_found", $"There is no report '{name}'.");
        }

        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        context.Response.ContentType = Types[Path.GetExtension(name)];
        await context.Response.SendFileAsync(file, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _files?.Dispose();

    private static string Escape(string name) => string.Join('/', name.Split('/').Select(Uri.EscapeDataString));

    private IEnumerable<string> Names(string folder, int depth)
    {
        foreach (IFileInfo one in _files!.GetDirectoryContents(folder))
        {
            string name = folder.Length == 0 ? one.Name : $"{folder}/{one.Name}";
            if (!one.IsDirectory && Types.ContainsKey(Path.GetExtension(name)))
            {
                yield return name;
            }

            foreach (string inner in one.IsDirectory && depth < MaxDepth ? Names(name, depth + 1) : [])
            {
                yield return inner;
            }
        }
    }
}
