using System.Globalization;
using System.Text;
using LLoCO.Evaluation.Needles;
using ScottPlot;
using SkiaSharp;

namespace LLoCO.Tool.Reports;

/// <summary>Heat maps of a needle grid, side by side for the rows of the evaluation.</summary>
internal sealed class NeedlePicture
{
    private const int PlotWidth = 460;
    private const int PlotHeight = 400;

    private static readonly Color NotAsked = Color.FromHex("#d9d9d9");
    private static readonly Color Missed = Color.FromHex("#b2182b");
    private static readonly Color Half = Color.FromHex("#fddbc7");
    private static readonly Color Found = Color.FromHex("#1b7837");

    private readonly Multiplot _plots = new();
    private readonly NeedleGrid _grid;
    private readonly int _width;

    /// <summary>Draws one heat map per table.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="tables">The rows.</param>
    /// <param name="nativeWindow">The model's native window, which the titles name.</param>
    public NeedlePicture(NeedleGrid grid, IReadOnlyList<NeedleTable> tables, int nativeWindow)
    {
        _grid = grid;
        _width = PlotWidth * tables.Count;
        _plots.AddPlots(tables.Count);
        _plots.Layout = new ScottPlot.MultiplotLayouts.Columns();
        for (int i = 0; i < tables.Count; i++)
        {
            Draw(_plots.GetPlot(i), tables[i], nativeWindow);
        }
    }

    /// <summary>Gets whether the machine has a font for text.</summary>
    /// <remarks>If it has none, Skia lists one without a name.</remarks>
    public static bool HasFonts => SKFontManager.Default.FontFamilies.Any(family => family.Length > 0);

    /// <summary>Gets the colour of a score.</summary>
    /// <param name="score">0 to 1; <see langword="null"/> where nothing was asked.</param>
    public static Color ColourOf(double? score) => score switch
    {
        null => NotAsked,
        <= 0.5 => Missed.InterpolateRgb(Half, 2 * score.Value),
        _ => Half.InterpolateRgb(Found, (2 * score.Value) - 1),
    };

    /// <summary>Saves as PNG.</summary>
    /// <param name="path">The file.</param>
    public void SavePng(string path) => _plots.SavePng(path, _width, PlotHeight);

    /// <summary>Draws as SVG.</summary>
    public string Svg()
    {
        using var stream = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, _width, PlotHeight), stream))
        {
            _plots.Render(canvas, new PixelRect(0, _width, PlotHeight, 0));
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private void Draw(Plot plot, NeedleTable table, int nativeWindow)
    {
        // Separate cells rather than a stretched bitmap, which SVG viewers would blur.
        for (int length = 0; length < _grid.Lengths.Count; length++)
        {
            for (int depth = 0; depth < _grid.Depths.Count; depth++)
            {
                ScottPlot.Plottables.Rectangle cell =
                    plot.Add.Rectangle(length - 0.5, length + 0.5, -depth - 0.5, -depth + 0.5);
                cell.FillColor = ColourOf(table.Score(length, depth));
                cell.LineColor = Colors.White;
            }
        }

        plot.HideGrid();
        plot.Title(NeedleText.Title(table), 14);
        plot.XLabel(
            string.Create(CultureInfo.InvariantCulture, $"tokens of the document (native window {nativeWindow:#,0})"), 12);
        plot.YLabel("depth of the needle", 12);
        plot.Axes.Bottom.SetTicks(
            [.. Enumerable.Range(0, _grid.Lengths.Count).Select(i => (double)i)], [.. _grid.Lengths.Select(NeedleText.Length)]);
        plot.Axes.Left.SetTicks(
            [.. Enumerable.Range(0, _grid.Depths.Count).Select(i => -(double)i)],
            [.. _grid.Depths.Select(depth => string.Create(CultureInfo.InvariantCulture, $"{100 * depth:F0} %"))]);
        plot.Axes.SetLimits(-0.5, _grid.Lengths.Count - 0.5, -_grid.Depths.Count + 0.5, 0.5);
    }
}
