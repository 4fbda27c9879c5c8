using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.DocumentLayoutAnalysis;
using UglyToad.PdfPig.DocumentLayoutAnalysis.ReadingOrderDetector;

namespace LLoCO.Readers.Pdf;

/// <summary>Orders the blocks of a page as they are read: columns one after the other, from the side where lines begin.</summary>
internal static class PdfReadingOrder
{
    // The order compares all blocks with each other: a page with more is a drawing, or made to be slow.
    private const int MaxBlocks = 500;

    // Where the order of drawing speaks against that of places, the one that comes first in the list would win.
    private static readonly UnsupervisedReadingOrderDetector Mirrored = new(
        UnsupervisedReadingOrderDetector.Instance.T, UnsupervisedReadingOrderDetector.SpatialReasoningRules.ColumnWise, useRenderingOrder: false);

    /// <summary>Orders blocks.</summary>
    /// <param name="blocks">The blocks of a page, in any order.</param>
    public static IEnumerable<TextBlock> Order(IReadOnlyList<TextBlock> blocks)
    {
        bool mirrored = RightToLeft.Leads(blocks.Select(block => block.Text));

        // Mirrored, a page that is read from right to left is one that is read from left to right.
        TextBlock[] seen = mirrored ? [.. blocks.Select(Mirror)] : [.. blocks];
        if (blocks.Count > MaxBlocks)
        {
            return blocks.Zip(seen).OrderByDescending(pair => pair.Second.BoundingBox.Top).ThenBy(pair => pair.Second.BoundingBox.Left)
                .Select(pair => pair.First);
        }

        // The order is set in the blocks while they are given out.
        TextBlock[] ordered = [.. (mirrored ? Mirrored : UnsupervisedReadingOrderDetector.Instance).Get(seen)];
        return ordered.Length == 0 ? [] : blocks.Zip(seen).OrderBy(pair => pair.Second.ReadingOrder).Select(pair => pair.First);
    }

    /// <summary>Makes a block of one sign, where this one would stand in a mirror.</summary>
    private static TextBlock Mirror(TextBlock block)
    {
        Letter like = block.TextLines[0].Words[0].Letters[0];
        PdfRectangle box = block.BoundingBox;
        var mirrored = new PdfRectangle(-box.Right, box.Bottom, -box.Left, box.Top);
        var sign = new Letter(
            like.Value, mirrored, mirrored, new PdfPoint(-box.Right, box.Bottom), new PdfPoint(-box.Left, box.Bottom), box.Width, like.FontSize,
            like.FontDetails, like.RenderingMode, like.Color, like.Color, like.PointSize, like.TextSequence);
        return new TextBlock([new TextLine([new Word([sign])])]);
    }
}
