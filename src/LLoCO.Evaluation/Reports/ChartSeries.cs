namespace LLoCO.Evaluation.Reports;

/// <summary>A curve.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Points">Its points from left to right.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points);

/// <summary>A point of a curve.</summary>
/// <param name="X">Place on the horizontal axis.</param>
/// <param name="Y">Place on the vertical axis.</param>
/// <param name="Low">Lower end of the bar through it.</param>
/// <param name="High">Upper end.</param>
/// <param name="Label">What a pointer over it shows.</param>
internal sealed record ChartPoint(double X, double Y, double Low, double High, string Label);
