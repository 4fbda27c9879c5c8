using Microsoft.AspNetCore.Http;

namespace LLoCO.Server;

/// <summary>The page: three files of the assembly, which load nothing from elsewhere.</summary>
internal static class PageEndpoint
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Gets the files: where they are served, their names and types.</summary>
    public static IReadOnlyList<(string Path, string File, string Type)> Files { get; } =
    [
        ("/", "index.html", "text/html"), ("/page.css", "page.css", "text/css"), ("/page.js", "page.js", "text/javascript"),
    ];

    /// <summary>Serves a file of the page.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="type">Its type.</param>
    public static RequestDelegate Serve(string file, string type)
    {
        using Stream stream = typeof(PageEndpoint).Assembly.GetManifestResourceStream("page/" + file)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return context =>
        {
            IHeaderDictionary headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-cache";
            context.Response.ContentType = type + "; charset=utf-8";
            context.Response.ContentLength = content.Length;
            return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
        };
    }
}
