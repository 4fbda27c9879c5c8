using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Training;
using ScottPlot;
using ScottPlot.Plottables;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>Draws the loss curves of a training run from its metrics file.</summary>
internal static class LossChart
{
    /// <summary>Name of the picture, beside the metrics.</summary>
    public const string FileName = "loss.png";

    private const int Width = 900;
    private const int Height = 500;
    private const int MaxLine = 1 << 20;

    /// <summary>Draws the losses of a run's metrics file as a picture beside it.</summary>
    /// <param name="result">The folder of the run's result.</param>
    /// <returns>The picture's path, or <see langword="null"/> where there are no metrics yet.</returns>
    public static string? Draw(string result)
    {
        string folder = Path.Combine(result, TrainingFiles.Folder);
        string metrics = Path.Combine(folder, TrainingFiles.Metrics);
        if (!File.Exists(metrics) || !TextFile.HasContent(metrics))
        {
            return null;
        }

        (List<(double Step, double Loss)> training, List<(double Step, double Loss)> held) = Read(metrics);
        if (training.Count == 0)
        {
            return null;
        }

        using var plot = new Plot();
        Add(plot, training, "training, each step", Colors.LightGray, 1);
        Add(plot, Smooth(training), "training, running mean", Colors.SteelBlue, 2);
        if (held.Count > 0)
        {
            Add(plot, held, "held out", Colors.OrangeRed, 2).MarkerSize = 6;
        }

        plot.XLabel("step");
        plot.YLabel("loss per token");
        plot.ShowLegend(Alignment.UpperRight);
        string picture = Path.Combine(folder, FileName);
        byte[] bytes = plot.GetImageBytes(Width, Height, ImageFormat.Png);
        AtomicFile.Write(picture, stream => stream.Write(bytes));
        return picture;
    }

    /// <summary>Reads the losses of a metrics file; lines that are none, as a kill leaves, are passed over.</summary>
    /// <param name="metrics">The file.</param>
    /// <returns>Steps and losses of training and of validations.</returns>
    /// <exception cref="LlocoException">A line is longer than any.</exception>
    internal static (List<(double Step, double Loss)> Training, List<(double Step, double Loss)> Held) Read(string metrics)
    {
        var training = new List<(double Step, double Loss)>();
        var held = new List<(double Step, double Loss)>();
        if (!TextFile.HasContent(metrics))
        {
            throw new LlocoException($"'{metrics}' is empty, or no file but a pipe or a device.");
        }

        using FileStream stream = File.OpenRead(metrics);
        foreach ((byte[] line, _) in ByteLines.Read(stream, metrics, MaxLine))
        {
            try
            {
                using JsonDocument json = JsonDocument.Parse(line);
                double step = json.RootElement.GetProperty("step").GetInt64();
                if (json.RootElement.TryGetProperty("loss", out JsonElement loss))
                {
                    training.Add((step, loss.GetDouble()));
                }
                else if (json.RootElement.TryGetProperty("validation_loss", out JsonElement validation))
                {
                    held.Add((step, validation.GetDouble()));
                }
            }
            catch (Exception error) when (
                error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                // Half a line.
            }
        }

        return (training, held);
    }

    private static Scatter Add(Plot plot, List<(double Step, double Loss)> points, string name, Color color, float width)
    {
        Scatter line = plot.Add.Scatter(
            points.Select(point => point.Step).ToArray(), points.Select(point => point.Loss).ToArray(), color);
        line.LegendText = name;
        line.LineWidth = width;
        line.MarkerSize = 0;
        return line;
    }

    /// <summary>The mean of the points around each.</summary>
    private static List<(double Step, double Loss)> Smooth(List<(double Step, double Loss)> points)
    {
        int reach = Math.Max(1, points.Count / 50);
        return [.. points.Select((point, place) =>
        {
            int first = Math.Max(0, place - reach);
            int count = Math.Min(points.Count, place + reach + 1) - first;
            return (point.Step, points.GetRange(first, count).Average(near => near.Loss));
        })];
    }
}
