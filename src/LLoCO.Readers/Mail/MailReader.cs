using LLoCO.Readers.Archives;
using MimeKit;

namespace LLoCO.Readers.Mail;

/// <summary>Reads an e-mail: subject, sender, recipients, date and texts, those of messages in it too. Attachments and pictures are named, not
/// read.</summary>
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
        new MailBody(text, limits, cancellationToken).Write(message);
        return text.Complete();
    }
}
