using System.Text;
using AngleSharp.Dom;

namespace LLoCO.Readers.Html;

/// <summary>The text of preformatted elements, in which a break is the end of a line.</summary>
internal static class HtmlCode
{
    /// <summary>Reads the text, without recursion.</summary>
    /// <param name="code">The element.</param>
    /// <param name="cancellationToken">Checked at each node.</param>
    public static string Read(IElement code, CancellationToken cancellationToken)
    {
        var lines = new StringBuilder();
        INode node = code;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lines.Append(node is IText { Data: var data } ? data : node is IElement { LocalName: "br" } ? "\n" : string.Empty);
            if (node.FirstChild is { } child)
            {
                node = child;
                continue;
            }

            while (node != code && node.NextSibling is null)
            {
                node = node.Parent!;
            }

            if (node == code)
            {
                return lines.ToString();
            }

            node = node.NextSibling!;
        }
    }
}
