using System.Text;

namespace LLoCO.Core.Tests.Readers;

/// <summary>A PDF file of one page, written by hand.</summary>
internal static class MinimalPdf
{
    /// <summary>Makes the file.</summary>
    /// <param name="content">The page's content, packed as the filter says.</param>
    /// <param name="filter">The entry of the filter; empty for none.</param>
    /// <param name="resources">The page's resources.</param>
    /// <param name="box">The page's size.</param>
    public static byte[] Build(byte[] content, string filter, string resources = "<<>>", string box = "0 0 100 100")
    {
        using var file = new MemoryStream();
        var offsets = new List<long>();
        void Write(string part) => file.Write(Encoding.ASCII.GetBytes(part));
        void Begin(int number)
        {
            offsets.Add(file.Length);
            Write($"{number} 0 obj\n");
        }

        Write("%PDF-1.4\n");
        Begin(1);
        Write("<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
        Begin(2);
        Write("<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n");
        Begin(3);
        Write($"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R/Resources{resources}>>\nendobj\n");
        Begin(4);
        Write($"<</Length {content.Length}{filter}>>\nstream\n");
        file.Write(content);
        Write("\nendstream\nendobj\n");
        long table = file.Length;
        Write("xref\n0 5\n0000000000 65535 f \n" + string.Concat(offsets.Select(offset => $"{offset:D10} 00000 n \n")));
        Write($"trailer\n<</Root 1 0 R/Size 5>>\nstartxref\n{table}\n%%EOF");
        return file.ToArray();
    }
}
