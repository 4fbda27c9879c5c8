using System.Globalization;
using LLoCO.Readers.Html;
using MimeKit;

namespace LLoCO.Readers.Mail;

/// <summary>Writes the parts of a message: all of its texts, of several forms of one text the plain one. What is no text is named. MimeKit
/// bounds how deep parts are nested.</summary>
internal sealed class MailBody(MarkdownText text, ReaderLimits limits, CancellationToken cancellationToken)
{
    private readonly List<string> _attachments = [];

    /// <summary>Writes a message with those in it, and then the names of what was not read.</summary>
    /// <param name="message">The message.</param>
    public void Write(MimeMessage message)
    {
        Write(message, 1);
        foreach (string name in _attachments)
        {
            text.AddLine("Attachment: " + MarkdownText.OneLine(name));
        }
    }

    private void Write(MimeMessage message, int level)
    {
        text.AddHeading(level, message.Subject ?? "No subject");
        AddHeader("From", message.From);
        AddHeader("To", message.To);
        AddHeader("Cc", message.Cc);

        // MimeKit gives the first day of its calendar for a date that it cannot read.
        if (message.Date != default)
        {
            text.AddLine("Date: " + message.Date.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture));
        }

        Write(message.Body, level);
    }

    private void AddHeader(string name, InternetAddressList addresses)
    {
        if (addresses.Count > 0)
        {
            text.AddLine($"{name}: {MarkdownText.OneLine(addresses.ToString())}");
        }
    }

    private void Write(MimeEntity? part, int level)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (part)
        {
            case null:
                break;
            case TextPart words when IsText(words):
                Write(words);
                break;
            case MultipartAlternative forms:
                WriteOne(forms, level);
                break;
            case Multipart parts:
                foreach (MimeEntity inner in parts)
                {
                    Write(inner, level);
                }

                break;
            case MessagePart { Message: { } message } inner when !inner.IsAttachment:
                Write(message, level + 1);
                break;
            default:
                _attachments.Add(NameOf(part));
                break;
        }
    }

    // The forms say the same, the best of them last; files may be inside of those that are not read.
    private void WriteOne(MultipartAlternative forms, int level)
    {
        MimeEntity? taken = forms.FirstOrDefault(form => form is TextPart { IsHtml: false } words && IsText(words)
            && !string.IsNullOrWhiteSpace(words.Text))
            ?? forms.LastOrDefault(form => form is Multipart || (form is TextPart words && IsText(words)));
        foreach (MimeEntity form in forms)
        {
            if (form == taken)
            {
                Write(form, level);
            }
            else
            {
                Name(form);
            }
        }
    }

    private void Name(MimeEntity part)
    {
        if (part is Multipart parts)
        {
            foreach (MimeEntity inner in parts)
            {
                Name(inner);
            }
        }
        else if (part is not TextPart words || words.IsAttachment)
        {
            _attachments.Add(NameOf(part));
        }
    }

    private void Write(TextPart part)
    {
        string words = part.Text ?? string.Empty;
        if (words.Contains('\uFFFD', StringComparison.Ordinal) && !HoldsReplacement(part))
        {
            throw new UnreadableException(
                $"has text that is not in the encoding that it names, {part.ContentType.Charset ?? "none"}. Convert it first");
        }

        if (words.Length > limits.MaxCharacters)
        {
            throw new UnreadableException($"has more than {limits.MaxCharacters:N0} characters of text. Cut it into documents first");
        }

        if (part.IsHtml)
        {
            HtmlReader.Write(words, text, limits, wholePage: true, cancellationToken);
        }
        else
        {
            text.AddParagraph(words.ReplaceLineEndings("\n"));
        }
    }

    // The sign for what could not be decoded may have been sent, in UTF-8.
    private static bool HoldsReplacement(TextPart part)
    {
        using var bytes = new MemoryStream();
        part.Content?.DecodeTo(bytes);
        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf("\uFFFD"u8) >= 0;
    }

    private static bool IsText(TextPart part) => (part.IsPlain || part.IsHtml) && !part.IsAttachment;

    private static string NameOf(MimeEntity part) => part.ContentDisposition?.FileName ?? part.ContentType.Name
        ?? (part as MessagePart)?.Message?.Subject ?? part.ContentType.MimeType;
}
