using System.Globalization;
using LLoCO.Core.Families;
using LLoCO.Tool.Verbs.Bench;

namespace LLoCO.LlamaCpp;

/// <summary>Runs both sides in turn and writes a row of a table for each measurement.</summary>
internal sealed class Comparison(string folder, int threads, int rounds)
{
    private bool _titled;

    /// <summary>Measures a shape.</summary>
    /// <param name="shape">Its name.</param>
    /// <param name="weights">Formats of the weights.</param>
    /// <param name="depths">Positions in front of generated tokens.</param>
    /// <param name="prompts">Lengths of prompts, in tokens.</param>
    public void Run(string shape, string[] weights, int[] depths, int[] prompts)
    {
        LlamaConfig config = ModelShapes.Find(shape);
        Directory.CreateDirectory(folder);
        using var own = new OwnModel(config, threads);
        foreach (string format in weights)
        {
            using var peer = new PeerProcess(
                PeerFiles.Find(folder, shape, config, format), PeerFiles.FindFiller(folder, shape, config), threads);
            own.Use(format);
            foreach (int tokens in prompts)
            {
                Row(shape, format, $"prompt {tokens}", tokens, () => own.Prompt(tokens), flash => peer.Prompt(flash, tokens));
            }

            foreach (int depth in depths)
            {
                own.Begin(depth);
                Row(shape, format, $"depth {depth}", 1, own.Generate, flash => peer.Generate(flash, depth));
            }
        }
    }

    private void Row(string shape, string format, string what, int tokens, Func<double> own, Func<bool, double> peer)
    {
        var (mine, plain, flash) = (new List<double>(), new List<double>(), new List<double>());
        for (int round = 0; round <= rounds; round++)
        {
            // The first round warms up.
            (double one, double two, double three) = (own(), peer(false), peer(true));
            if (round > 0)
            {
                mine.Add(one);
                plain.Add(two);
                flash.Add(three);
            }
        }

        bool flashIsBetter = Medians.Compute(flash) < Medians.Compute(plain);
        List<double> best = flashIsBetter ? flash : plain;
        if (!_titled)
        {
            Console.WriteLine("| shape | weights | measured | tokens/s | llama.cpp | flash attention | ratio of medians | of the best | each round |");
            Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
            _titled = true;
        }

        string each = string.Join(' ', mine.Zip(best, (a, b) => (b / a).ToString("F2", CultureInfo.InvariantCulture)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {shape} | {format} | {what} | {tokens / Medians.Compute(mine):F1} | {tokens / Medians.Compute(best):F1} | "
            + $"{(flashIsBetter ? "on" : "off")} | {Medians.Compute(best) / Medians.Compute(mine):F2}x | {best.Min() / mine.Min():F2}x | {each} |"));
    }
}
