using System.IO.Compression;
using System.Xml;
using LLoCO.Readers.Html;

namespace LLoCO.Readers.Archives;

/// <summary>Reads EPUB: the chapters in the order of the book's spine.</summary>
internal sealed class EpubReader : IDocumentReader
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Extensions { get; } = [".epub"];

    /// <inheritdoc/>
    public string Read(ReadOnlyMemory<byte> content, ReaderLimits limits, CancellationToken cancellationToken)
    {
        using ZipArchive archive = ZipGuard.Open(content, limits);
        var text = new MarkdownText(limits, cancellationToken);
        string package = FindPackage(archive, limits, cancellationToken);
        (string? title, IReadOnlyList<string> chapters) = ReadPackage(archive, package, limits, cancellationToken);
        EnsureOpen(archive, [package, .. chapters], limits, cancellationToken);
        if (title is not null)
        {
            text.AddHeading(1, title);
        }

        foreach (string chapter in chapters)
        {
            HtmlReader.Write(Decode(Entry(archive, chapter)), text, limits, wholePage: true, cancellationToken);
        }

        return text.Complete();
    }

    private static string FindPackage(ZipArchive archive, ReaderLimits limits, CancellationToken cancellationToken)
    {
        using XmlReader container = XmlParts.Open(Entry(archive, "META-INF/container.xml").Open(), limits);
        while (XmlParts.Next(container, limits, cancellationToken))
        {
            if (container is { NodeType: XmlNodeType.Element, LocalName: "rootfile" } && container.GetAttribute("full-path") is { } path)
            {
                return path;
            }
        }

        throw new UnreadableException("names no book in META-INF/container.xml");
    }

    // A chapter is XHTML, whether it says so or not.
    private static string Decode(ZipArchiveEntry chapter)
    {
        using var bytes = new MemoryStream();
        using (Stream stream = chapter.Open())
        {
            stream.CopyTo(bytes);
        }

        try
        {
            string page = HtmlSource.Decode(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            return HtmlSource.IsXhtml(page) || !chapter.FullName.EndsWith("html", StringComparison.OrdinalIgnoreCase)
                ? page : HtmlSource.FromXhtml(page);
        }
        catch (UnreadableException fault)
        {
            throw new UnreadableException($"has the chapter '{chapter.FullName}', which {fault.Message}", fault);
        }
    }

    // Fonts may be encrypted in a book that can be read.
    private static void EnsureOpen(
        ZipArchive archive, HashSet<string> parts, ReaderLimits limits, CancellationToken cancellationToken)
    {
        if (archive.GetEntry("META-INF/encryption.xml") is not { } encryption)
        {
            return;
        }

        using XmlReader reader = XmlParts.Open(encryption.Open(), limits);
        while (XmlParts.Next(reader, limits, cancellationToken))
        {
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "CipherReference" } && reader.GetAttribute("URI") is { } link
                && parts.Contains(Resolve(string.Empty, Uri.UnescapeDataString(link))))
            {
                throw new UnreadableException($"is protected against reading ('{link}' is encrypted). Convert a copy that is not");
            }
        }
    }

    private static (string? Title, IReadOnlyList<string> Chapters) ReadPackage(
        ZipArchive archive, string package, ReaderLimits limits, CancellationToken cancellationToken)
    {
        string folder = package.Contains('/', StringComparison.Ordinal) ? package[..(package.LastIndexOf('/') + 1)] : string.Empty;
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        var chapters = new List<string>();
        string? title = null;
        using XmlReader reader = XmlParts.Open(Entry(archive, package).Open(), limits);
        while (XmlParts.Next(reader, limits, cancellationToken))
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            switch (reader.LocalName)
            {
                case "title" when title is null && !reader.IsEmptyElement:
                    title = XmlParts.Next(reader, limits, cancellationToken) ? reader.Value : null;
                    break;
                case "item" when reader.GetAttribute("id") is { } id && reader.GetAttribute("href") is { } link:
                    if (reader.GetAttribute("media-type") is "application/xhtml+xml" or "text/html"
                        && reader.GetAttribute("properties")?.Split(' ').Contains("nav") != true)
                    {
                        parts[id] = Resolve(folder, Uri.UnescapeDataString(link));
                    }

                    break;
                case "itemref" when reader.GetAttribute("idref") is { } id && parts.TryGetValue(id, out string? part):
                    chapters.Add(part);
                    break;
            }
        }

        return (title, chapters);
    }

    // A link is relative to the package file; it cannot leave the archive.
    private static string Resolve(string folder, string link)
    {
        var path = new List<string>();
        foreach (string step in (link.StartsWith('/') ? link : folder + link).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step == ".." && path.Count > 0)
            {
                path.RemoveAt(path.Count - 1);
            }
            else if (step is not ("." or ".."))
            {
                path.Add(step);
            }
        }

        return string.Join('/', path);
    }

    private static ZipArchiveEntry Entry(ZipArchive archive, string name) =>
        archive.GetEntry(name) ?? throw new UnreadableException($"lacks its part '{name}'");
}
