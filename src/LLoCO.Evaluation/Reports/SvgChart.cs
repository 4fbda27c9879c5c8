using System.Globalization;
using System.Net;
using System.Text;

namespace LLoCO.Evaluation.Reports;

/// <summary>A chart as an SVG element for a page. The browser draws its text, so unlike a picture it needs no font where it is
/// made, and it takes the page's colours.</summary>
/// <param name="title">What it shows.</param>
/// <param name="horizontal">Name and make of the horizontal axis.</param>
/// <param name="vertical">Name and make of the vertical axis.</param>
/// <param name="series">The curves; the number of each chooses its colour, <c>.s0</c> and up in the page's style.</param>
internal sealed class SvgChart(
    string title, (string Name, ChartAxis Axis) horizontal, (string Name, ChartAxis Axis) vertical,
    IReadOnlyList<ChartSeries> series)
{
    /// <summary>Colours of the curves, which people with any colour vision tell apart (Okabe and Ito).</summary>
    public static readonly string[] Colours =
        ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#8b5a2b", "#6a3d9a"];

    private const double Width = 720;
    private const double Height = 380;
    private const double Left = 64;
    private const double Right = 16;
    private const double Top = 12;
    private const double Bottom = 52;

    /// <summary>Gets whether points of a curve are joined.</summary>
    public bool Joined { get; init; } = true;

    /// <summary>Gets a value of the horizontal axis that a line marks, and its name.</summary>
    public (double Value, string Name)? Mark { get; init; }

    /// <summary>Returns the chart as one SVG element, to stand in a page.</summary>
    public override string ToString()
    {
        var svg = new StringBuilder();
        Add(svg, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">\n");
        Axes(svg);
        if (Mark is { } mark && horizontal.Axis.Place(mark.Value) is > 0 and < 1)
        {
            double x = X(mark.Value);
            Add(svg, $"<line class=\"mark\" x1=\"{x:F1}\" x2=\"{x:F1}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>\n");
            (string anchor, double aside) = horizontal.Axis.Place(mark.Value) > 0.5 ? ("end", -4) : ("start", 4);
            Write(svg, $"class=\"small\" text-anchor=\"{anchor}\" x=\"{x + aside:F1}\" y=\"{Top + 12}\"", mark.Name);
        }

        for (int i = 0; i < series.Count; i++)
        {
            Curve(svg, series[i], i);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Add(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));

    private static void Write(StringBuilder svg, FormattableString attributes, string text) => svg.Append("<text ")
        .Append(attributes.ToString(CultureInfo.InvariantCulture)).Append('>')
        .Append(WebUtility.HtmlEncode(text)).Append("</text>\n");

    private void Axes(StringBuilder svg)
    {
        foreach ((double place, string text) in vertical.Axis.Ticks)
        {
            double y = Top + ((1 - place) * (Height - Top - Bottom));
            Add(svg, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:F1}\" y2=\"{y:F1}\"/>\n");
            Write(svg, $"text-anchor=\"end\" x=\"{Left - 6}\" y=\"{y + 4:F1}\"", text);
        }

        foreach ((double place, string text) in horizontal.Axis.Ticks)
        {
            double x = Left + (place * (Width - Left - Right));
            Add(svg, $"<line class=\"grid\" x1=\"{x:F1}\" x2=\"{x:F1}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>\n");
            Write(svg, $"text-anchor=\"middle\" x=\"{x:F1}\" y=\"{Height - Bottom + 18}\"", text);
        }

        double middle = Left + ((Width - Left - Right) / 2);
        Write(svg, $"text-anchor=\"middle\" x=\"{middle:F1}\" y=\"{Height - 10}\"", horizontal.Name);
        double half = Top + ((Height - Top - Bottom) / 2);
        Write(svg, $"text-anchor=\"middle\" transform=\"translate(14 {half:F1}) rotate(-90)\"", vertical.Name);
    }

    private void Curve(StringBuilder svg, ChartSeries curve, int number)
    {
        // Shifted so that overlapping curves stay visible.
        double aside = (number - ((series.Count - 1) / 2.0)) * 3;
        Add(svg, $"<g class=\"s{number}\">\n");
        if (Joined && curve.Points.Count > 1)
        {
            string path = string.Join(' ', curve.Points.Select(point => FormattableString.Invariant(
                $"{X(point.X) + aside:F1},{Y(point.Y):F1}")));
            Add(svg, $"<polyline points=\"{path}\"/>\n");
        }

        foreach (ChartPoint point in curve.Points)
        {
            double x = X(point.X) + aside;
            Add(svg, $"<g><title>{WebUtility.HtmlEncode(point.Label)}</title>");
            Add(svg, $"<line x1=\"{x:F1}\" x2=\"{x:F1}\" y1=\"{Y(point.Low):F1}\" y2=\"{Y(point.High):F1}\"/>");
            Add(svg, $"<circle cx=\"{x:F1}\" cy=\"{Y(point.Y):F1}\" r=\"4\"/></g>\n");
        }

        svg.Append("</g>\n");
    }

    private double X(double value) => Left + (horizontal.Axis.Place(value) * (Width - Left - Right));

    private double Y(double value) => Top + ((1 - Math.Clamp(vertical.Axis.Place(value), 0, 1)) * (Height - Top - Bottom));
}
