using System.Globalization;
using System.Text;
using LLoCO.Readers.Archives;
using LLoCO.Readers.Html;
using MimeKit;

namespace LLoCO.Readers.Mail;

/// <summary>Reads an e-mail: subject, sender, recipients, date and text. Attachments are named, not read.</summary>
internal sealed class MailReader : IDocumentReader
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Extensions { get; } = [".eml"];

    /// <inheritdoc/>
    public string Read(ReadOnlyMemory<byte> content, ReaderLimits limits, CancellationToken cancellationToken)
    {
        ParserOptions options = ParserOptions.Default.Clone();
        options.MaxMimeDepth = limits.MaxDepth;
        using MimeMessage message = MimeMessage.Load(options, ZipGuard.ToStream(content), cancellationToken);
        if (message.Headers.Count == 0)
        {
            throw new UnreadableException("is no e-mail: it has no header");
        }

        var text = new MarkdownText(limits, cancellationToken);
        text.AddHeading(1, message.Subject ?? "No subject");
        AddHeader(text, "From", message.From);
        AddHeader(text, "To", message.To);
        AddHeader(text, "Cc", message.Cc);
        if (message.Headers.Contains(HeaderId.Date))
        {
            text.AddLine("Date: " + message.Date.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture));
        }

        AddBody(message, text, limits, cancellationToken);
        foreach (MimeEntity attachment in message.Attachments)
        {
            string name = attachment.ContentDisposition?.FileName ?? attachment.ContentType.Name ?? attachment.ContentType.MimeType;
            text.AddLine("Attachment: " + MarkdownText.OneLine(name));
        }

        return text.Complete();
    }

    private static void AddHeader(MarkdownText text, string name, InternetAddressList addresses)
    {
        if (addresses.Count > 0)
        {
            text.AddLine($"{name}: {MarkdownText.OneLine(addresses.ToString())}");
        }
    }

    private static void AddBody(MimeMessage message, MarkdownText text, ReaderLimits limits, CancellationToken cancellationToken)
    {
        if (message.TextBody is { } plain && !string.IsNullOrWhiteSpace(plain))
        {
            string body = plain.ReplaceLineEndings("\n");
            if (body.Length > limits.MaxCharacters)
            {
                throw new UnreadableException($"has more than {limits.MaxCharacters:N0} characters of text. Cut it into documents first");
            }

            text.AddParagraph(body);
        }
        else if (message.HtmlBody is { } html)
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(html)).ToArray());
            HtmlReader.Write(stream, text, limits, wholePage: true, cancellationToken);
        }
    }
}
