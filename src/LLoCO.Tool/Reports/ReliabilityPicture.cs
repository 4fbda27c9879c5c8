using LLoCO.Core.Checkpoints;
using LLoCO.Core.Trust;
using ScottPlot;
using ScottPlot.Plottables;

namespace LLoCO.Tool.Reports;

/// <summary>A reliability plot: the share of right answers at each confidence, before and after calibration. On the diagonal, the
/// two are equal.</summary>
internal static class ReliabilityPicture
{
    private const int Size = 560;

    /// <summary>Draws a PNG, and an SVG beside it.</summary>
    /// <param name="file">The picture's file; both extensions are put in place of its own.</param>
    /// <param name="title">The title.</param>
    /// <param name="before">Of the raw confidence.</param>
    /// <param name="after">Of the calibrated one.</param>
    public static void Write(string file, string title, ReliabilityCurve before, ReliabilityCurve after)
    {
        using var plot = new Plot();
        LinePlot ideal = plot.Add.Line(0, 0, 1, 1);
        ideal.LineColor = Colors.Gray;
        ideal.LinePattern = LinePattern.Dashed;
        ideal.MarkerSize = 0;
        Add(plot, before, "raw", Colors.DarkOrange);
        Add(plot, after, "calibrated", Colors.SteelBlue);
        plot.Title(title, 14);
        plot.XLabel("mean confidence of the bin");
        plot.YLabel("share answered right");
        plot.Axes.SetLimits(0, 1, 0, 1.02);
        plot.ShowLegend(Alignment.LowerRight);
        byte[] png = plot.GetImageBytes(Size, Size, ImageFormat.Png);
        AtomicFile.Write(Path.ChangeExtension(file, ".png"), stream => stream.Write(png));
        string svg = plot.GetSvgXml(Size, Size);
        AtomicFile.Write(Path.ChangeExtension(file, ".svg"), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(svg)));
    }

    private static void Add(Plot plot, ReliabilityCurve curve, string name, Color color)
    {
        ReliabilityBin[] bins = [.. curve.Bins.Where(bin => bin.Questions > 0)];
        Scatter line = plot.Add.Scatter(
            bins.Select(bin => bin.MeanConfidence).ToArray(), bins.Select(bin => bin.RightShare).ToArray(), color);
        line.LegendText = FormattableString.Invariant($"{name}: calibration error {curve.ExpectedCalibrationError:P1}");
        line.MarkerSize = 0;
        foreach (ReliabilityBin bin in bins)
        {
            // The area of a mark is its share of the questions.
            float size = 4 + (36 * MathF.Sqrt((float)bin.Questions / curve.Questions));
            plot.Add.Marker(bin.MeanConfidence, bin.RightShare, MarkerShape.FilledCircle, size, color.WithAlpha(0.6));
        }
    }
}
