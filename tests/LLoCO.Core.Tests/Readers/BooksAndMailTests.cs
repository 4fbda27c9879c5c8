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
    public async Task Read_Epub_KeepsChaptersWithEmptyElementsAndOtherEncodings()
    {
        byte[] book = Book(
            string.Empty,
            "<html><head><title/><script src='x.js'/></head><body><a id='p1'/><h1>One</h1><p>Elmsgate.</p></body></html>",
            "<html><body><h1>Two</h1><p>Marrow.</p></body></html>");

        Assert.Equal("# One\n\nElmsgate.\n\n# Two\n\nMarrow.\n", await ReaderRun.ReadAsync("book.epub", book));
    }

    [Fact]
    public async Task Read_AnEpubWithEncryptedChapters_IsRefused_ButNotForItsFonts()
    {
        static string Encrypted(string part) => "<encryption xmlns:enc='http://www.w3.org/2001/04/xmlenc#'><enc:EncryptedData><enc:CipherData>"
            + $"<enc:CipherReference URI='{part}'/></enc:CipherData></enc:EncryptedData></encryption>";

        Assert.Contains(
            "c0.xhtml",
            await ReaderRun.RefuseAsync("book.epub", Book(Encrypted("OPS/c0.xhtml"), "<html><body><p>x</p></body></html>")),
            StringComparison.Ordinal);
        Assert.Equal(
            "x\n", await ReaderRun.ReadAsync("book.epub", Book(Encrypted("OPS/font.otf"), "<html><body><p>x</p></body></html>")));
    }

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
    public async Task Read_MailOfSeveralParts_ReadsAllTextsAndNamesThePictures() => Assert.Equal(
        "# s\nFrom: a@x.example\n\nBefore the picture.\n\nПосле.\n\nA form.\nAttachment: p.png\nAttachment: in.pdf\n",
        await ReaderRun.ReadAsync(
            "m.eml",
            "From: a@x.example\nSubject: s\nDate: soon\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n"
            + "--B\nContent-Type: text/plain\n\nBefore the picture.\n"
            + "--B\nContent-Type: image/png; name=p.png\nContent-Disposition: inline; filename=p.png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n"
            + "--B\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n8M/TzMUu\n"
            + "--B\nContent-Type: multipart/alternative; boundary=C\n\n--C\nContent-Type: text/plain\n\nA form.\n"
            + "--C\nContent-Type: multipart/mixed; boundary=D\n\n--D\nContent-Type: text/html\n\n<p>A form.</p>\n"
            + "--D\nContent-Type: application/pdf; name=in.pdf\n\nx\n--D--\n--C--\n--B--\n"));

    [Fact]
    public async Task Read_AMessageInAMessage_IsReadUnlessItIsAttached()
    {
        static string Forward(string disposition) => "Subject: Fwd\nContent-Type: multipart/mixed; boundary=B\n\n"
            + $"--B\nContent-Type: text/plain\n\nSee below.\n--B\nContent-Type: message/rfc822\n{disposition}\n"
            + "From: c@x.example\nSubject: Order\n\nThe order is 500 crates.\n--B--\n";

        Assert.Equal(
            "# Fwd\n\nSee below.\n\n## Order\nFrom: c@x.example\n\nThe order is 500 crates.\n",
            await ReaderRun.ReadAsync("m.eml", Forward(string.Empty)));
        Assert.Equal(
            "# Fwd\n\nSee below.\nAttachment: Order\n",
            await ReaderRun.ReadAsync("m.eml", Forward("Content-Disposition: attachment\n")));
    }

    [Fact]
    public async Task Read_MailInAnotherEncodingThanItNames_IsRefused() => Assert.Contains(
        "utf-16",
        await ReaderRun.RefuseAsync(
            "m.eml", "Subject: s\nContent-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\nANgA2ABhAA==\n"),
        StringComparison.Ordinal);

    [Fact]
    public async Task Read_MessagesInMessages_EndWithoutDeepRecursion()
    {
        const string Head = "MIME-Version: 1.0\r\nSubject: s\r\nContent-Type: message/rfc822\r\n\r\n";

        string text = await ReaderRun.ReadAsync("deep.eml", ReaderRun.Repeat(Head, 20_000) + "Subject: inner\r\n\r\nend\r\n");

        Assert.StartsWith("# s\n", text, StringComparison.Ordinal);
    }

    private static byte[] Book(string encryption, params string[] chapters) => ReaderRun.Zip(
    [
        ("META-INF/container.xml", "<container><rootfile full-path='OPS/p.opf'/></container>"),
        ("OPS/p.opf", "<package><manifest>" + string.Concat(chapters.Select(
            (_, place) => $"<item id='c{place}' href='c{place}.xhtml' media-type='application/xhtml+xml'/>")) + "</manifest><spine>"
            + string.Concat(chapters.Select((_, place) => $"<itemref idref='c{place}'/>")) + "</spine></package>"),
        .. chapters.Select((chapter, place) => ($"OPS/c{place}.xhtml", chapter)),
        .. encryption.Length > 0 ? [("META-INF/encryption.xml", encryption)] : Array.Empty<(string, string)>(),
    ]);

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
