using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Compares the model's perplexity on books that training never read with that of token frequencies, counted in the books that it
/// read: how much of the language the model has learned beyond single words.</summary>
internal static class BookCheck
{
    // More than any text has on average: enough to fill a window without encoding half a book.
    private const int CharactersPerToken = 16;

    /// <summary>Prints both perplexities over one native window of the middle of each book.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="data">Books that training read, and others.</param>
    /// <param name="books">How many of the others, spread evenly over all.</param>
    internal static async Task<int> RunAsync(string folder, TrainingData data, int books)
    {
        ITokenizer tokenizer = TokenizerFile.Load(folder);
        double[] frequencies = Frequencies(data.BookTexts(), tokenizer);
        IReadOnlyList<string> others = data.OtherBooks();
        int count = Math.Min(books, others.Count);
        await using LoadedModel loaded = LoadedModel.Open(folder, LlocoDevice.Cpu, WeightPrecision.Float32, tokenizer.Fingerprint);
        int[][] windows =
        [
            .. Enumerable.Range(0, count).Select(i => Middle(others[(int)((long)i * others.Count / count)], tokenizer, loaded.Config.MaxPositions)),
        ];
        double[] model = await loaded.Worker.RunAsync(() => windows.Select(ids => Loss(loaded.Model, ids)).ToArray());
        double[] single = [.. windows.Select(ids => ids.Skip(1).Average(id => -frequencies[id]))];
        PairedDifference difference = PairedDifference.Create(model, single);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            books = count,
            tokens = windows.Sum(ids => ids.Length - 1),
            perplexity = Math.Round(Math.Exp(model.Average()), 1),
            frequencies = Math.Round(Math.Exp(single.Average()), 1),
            ratio = Math.Round(Math.Exp(difference.Mean), 4),
            low = Math.Round(Math.Exp(difference.Interval.Low), 4),
            high = Math.Round(Math.Exp(difference.Interval.High), 4),
        }));
        return 0;
    }

    /// <summary>Natural-log frequency of each token, one added to each count so that none is impossible.</summary>
    /// <param name="texts">Where to count.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    internal static double[] Frequencies(IEnumerable<string> texts, ITokenizer tokenizer)
    {
        var counts = new long[tokenizer.VocabularySize];
        foreach (int id in texts.SelectMany(text => tokenizer.Encode(OneLine(text))))
        {
            counts[id]++;
        }

        double total = counts.Sum() + counts.Length;
        return [.. counts.Select(count => Math.Log((count + 1) / total))];
    }

    // Training saw sentences of books one behind the other, without line breaks.
    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static int[] Middle(string book, ITokenizer tokenizer, int tokens)
    {
        IReadOnlyList<string> sentences = BookFiles.Sentences(book);
        string text = string.Join(' ', sentences.Skip(sentences.Count / 2));
        return [.. tokenizer.Encode(text[..Math.Min(text.Length, tokens * CharactersPerToken)]).Take(tokens)];
    }

    private static double Loss(LlamaModel model, int[] ids)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor all = tensor(ids.Select(id => (long)id).ToArray(), device: model.Weights.Device);
        Tensor hidden = model.Forward(
            model.Embed(all.narrow(0, 0, ids.Length - 1).unsqueeze(0)),
            ForwardPass.Consecutive(0, ids.Length - 1, model.Weights.Device));
        return nn.functional.cross_entropy(model.Logits(hidden[0]), all.narrow(0, 1, ids.Length - 1)).item<float>();
    }
}
