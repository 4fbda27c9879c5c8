using System.Text;
using BenchmarkDotNet.Attributes;
using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Benchmarks.Tokenization;

/// <summary>
/// Encoding one text with a <c>tokenizer.json</c>: the library that the format is from (Rust, through Tokenizers.DotNet), and this
/// one, on one thread. The environment variable <c>LLOCO_BENCH_TOKENIZER</c> names another file, <c>LLOCO_BENCH_TEXT</c> a text.
/// </summary>
[MemoryDiagnoser]
public class TokenizerJsonBenchmarks
{
    private const int Characters = 1_000_000;

    private Tokenizers.DotNet.Tokenizer? _rust;
    private HuggingFaceTokenizer? _own;
    private string _text = string.Empty;

    /// <summary>Loads both, and makes sure that they agree.</summary>
    [GlobalSetup]
    public void Load()
    {
        // Rust's library spreads work over threads by itself.
        Environment.SetEnvironmentVariable("RAYON_NUM_THREADS", "1");
        string file = Environment.GetEnvironmentVariable("LLOCO_BENCH_TOKENIZER")
            ?? Path.Combine(AppContext.BaseDirectory, "qwen3_cut.json");
        _text = Environment.GetEnvironmentVariable("LLOCO_BENCH_TEXT") is { } path ? File.ReadAllText(path) : MakeText();
        _rust = new Tokenizers.DotNet.Tokenizer(file);
        _own = HuggingFaceTokenizer.Load(file);
        if (_own.BeginOfSequenceId is null && !_own.Encode(_text).SequenceEqual(_rust.Encode(_text).Select(id => (int)id)))
        {
            throw new InvalidOperationException("The two give different ids.");
        }
    }

    /// <summary>Frees the other library's tokenizer.</summary>
    [GlobalCleanup]
    public void Free() => _rust?.Dispose();

    /// <summary>The Rust library.</summary>
    [Benchmark(Baseline = true)]
    public int Rust() => _rust!.Encode(_text).Length;

    /// <summary>This library, ids only.</summary>
    [Benchmark]
    public int Own() => _own!.Encode(_text).Count;

    /// <summary>This library, with the place of each token in the text.</summary>
    [Benchmark]
    public int OwnWithOffsets() => _own!.EncodeWithOffsets(_text).Count;

    // Words of syllables, the frequent ones more often, with signs, numbers and lines as prose has them.
    private static string MakeText()
    {
        var random = new Random(1);
        string[] syllables = ["ka", "to", "ren", "lis", "the", "ing", "sor", "mi", "ver", "an", "dra", "ol", "é", "est"];
        string[] words = [.. Enumerable.Range(0, 20_000).Select(_ => string.Concat(random.GetItems(syllables, random.Next(1, 5))))];
        var text = new StringBuilder(Characters + 100);
        while (text.Length < Characters)
        {
            text.Append(words[(int)(words.Length * Math.Pow(random.NextDouble(), 4))]);
            text.Append(random.Next(30) switch { 0 => ".\n", 1 => ", ", 2 => $" {random.Next(3000)} ", 3 => "'s ", _ => " " });
        }

        return text.ToString();
    }
}
