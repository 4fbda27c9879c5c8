using LLoCO.Readers;
using MimeKit;

namespace LLoCO.Core.Tests.Readers;

/// <summary>EPUB made by hand after the EPUB 3 specification; e-mails made with MimeKit.</summary>
public sealed class BooksAndMailTests
{
    [Fact]
    public async Task Read_Epub_FollowsTheSpine() => Assert.Equal(
        "# The Heron\n\n# One\n\nThe storm came.\n\n# Two\n\nIt went.\n",
        await ReaderRun.ReadAsync("book.epub", ReaderRun.Zip(
            ("mimetype", "application/epub+zip"),
            ("META-INF/container.xml",
                "<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles>"
                + "<rootfile full-path='OEBPS/package.opf' media-type='application/oebps-package+xml'/></rootfiles></container>"),
            ("OEBPS/package.opf",
                "<package xmlns='http://www.idpf.org/2007/opf' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
                + "<metadata><dc:title>The Heron</dc:title></metadata><manifest>"
                + "<item id='b' href='text/two%20.xhtml' media-type='application/xhtml+xml'/>"
                + "<item id='a' href='../OEBPS/text/one.xhtml' media-type='application/xhtml+xml'/>"
                + "<item id='n' href='nav.xhtml' properties='nav' media-type='application/xhtml+xml'/>"
                + "<item id='c' href='cover.jpg' media-type='image/jpeg'/></manifest>"
                + "<spine><itemref idref='n'/><itemref idref='c'/><itemref idref='a'/><itemref idref='b'/></spine></package>"),
            ("OEBPS/nav.xhtml", "<html><body><nav>contents</nav></body></html>"),
            ("OEBPS/text/one.xhtml",
                "<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head>"
                + "<body><h1>One</h1><p>The storm came.</p></body></html>"),
            ("OEBPS/text/two .xhtml", "<html><body><h1>Two</h1><p>It went.</p></body></html>"))));

    [Fact]
    public async Task Read_EpubWithoutItsParts_NamesWhatIsMissing() => Assert.Contains(
        "META-INF/container.xml", await ReaderRun.RefuseAsync("book.epub", ReaderRun.Zip(("a", "b"))), StringComparison.Ordinal);

    [Fact]
    public async Task Read_Epub_DoesNotReadFromOutside() => await ReaderRun.RefuseAsync("book.epub", ReaderRun.Zip(
        ("META-INF/container.xml",
            "<!DOCTYPE c [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><container><rootfile full-path='&x;'/></container>")));

    [Fact]
    public async Task Read_MailWithTwoForms_TakesItsPlainText()
    {
        var body = new BodyBuilder { TextBody = "The pump is broken.\r\nPlease call.", HtmlBody = "<p>No</p>" };
        body.Attachments.Add("photo of it.jpg", new byte[] { 1, 2, 3 });
        using MimeMessage message = Message(body);

        Assert.Equal(
            "# Größe der Pumpe\nFrom: \"Ada\" <ada@a.example>\nTo: b@b.example\nDate: 2026-03-01 10:30 +01:00\n\n"
            + "The pump is broken.\nPlease call.\nAttachment: photo of it.jpg\n",
            await ReaderRun.ReadAsync("m.eml", Bytes(message)));
    }

    [Fact]
    public async Task Read_MailOfHtmlAlone_TakesItsText()
    {
        using MimeMessage message = Message(new BodyBuilder { HtmlBody = "<style>p{}</style><h2>Call</h2><p>Über <b>zwei</b> Tage.</p>" });

        Assert.EndsWith("\n\n## Call\n\nÜber zwei Tage.\n", await ReaderRun.ReadAsync("m.eml", Bytes(message)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_MessagesInMessages_EndWithoutDeepRecursion()
    {
        const string Head = "MIME-Version: 1.0\r\nSubject: s\r\nContent-Type: message/rfc822\r\n\r\n";

        string text = await ReaderRun.ReadAsync("deep.eml", ReaderRun.Repeat(Head, 20_000) + "Subject: inner\r\n\r\nend\r\n");

        Assert.StartsWith("# s\n", text, StringComparison.Ordinal);
    }

    private static MimeMessage Message(BodyBuilder body)
    {
        var message = new MimeMessage
        {
            Subject = "Größe der Pumpe", Date = new DateTimeOffset(2026, 3, 1, 10, 30, 0, TimeSpan.FromHours(1)), Body = body.ToMessageBody(),
        };
        message.From.Add(new MailboxAddress("Ada", "ada@a.example"));
        message.To.Add(MailboxAddress.Parse("b@b.example"));
        return message;
    }

    private static byte[] Bytes(MimeMessage message)
    {
        using var stream = new MemoryStream();
        message.WriteTo(stream);
        return stream.ToArray();
    }
}
