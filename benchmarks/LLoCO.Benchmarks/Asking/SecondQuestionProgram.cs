using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;
using LLoCO.Models.Tiny;
using LLoCO.Tool.Verbs.Bench;

namespace LLoCO.Benchmarks.Asking;

/// <summary>
/// <c>bench second --index FILE [--model FOLDER] [--rounds N]</c>: further questions to a document whose keys and values are kept. The time to
/// the first token of the whole pipeline, in turn with the decoder's own for the same prefix and prompt, as one JSON object.
/// </summary>
internal static class SecondQuestionProgram
{
    private const int WarmUp = 5;

    /// <summary>Runs one measurement.</summary>
    /// <param name="args">The options.</param>
    /// <returns>0, or 2 for wrong usage.</returns>
    internal static async Task<int> RunAsync(string[] args)
    {
        var given = new ProgramArguments(args);
        if (given.Text("--index") is not { } file)
        {
            Console.Error.WriteLine("usage: bench second --index FILE [--model FOLDER] [--rounds 40] [--threads 0] [--weights AsStored]");
            return 2;
        }

        int rounds = given.Number("--rounds", 40);
        var decoding = new DecodingOptions
        {
            Threads = given.Number("--threads", 0),
            Weights = Enum.Parse<DecodeWeights>(given.Text("--weights") ?? nameof(DecodeWeights.AsStored)),
        };
        ModelPackage package = given.Text("--model") is { } folder ? new ModelPackage(folder) : TinyModel.Package;
        ITokenizer tokenizer = TokenizerFile.Open(package.Folder).Tokenizer;
        await using LoadedModel model = LoadedModel.Open(
            package.Folder, LlocoDevice.Cpu, WeightPrecision.AsStored, tokenizer.Fingerprint);
        await using SqliteRetrievalIndex index = SqliteRetrievalIndex.Open(file);
        DocumentRecord document = await index.ListAsync().FirstAsync();
        ModelFingerprint fingerprint = await index.LoadFingerprintAsync() ?? model.Fingerprint;
        foreach ((string name, string adapter) in package.FindAdapters())
        {
            model.AddAdapter(name, adapter, fingerprint);
        }

        await using var decoder = new LlamaAnswerDecoder(model, fingerprint, tokenizer, decoding: decoding);
        var timed = new TimedDecoder(decoder);
        await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder()
            .UseModel(package).UseIndex(index).UseDecoder(timed).BuildAsync();
        await MeasureAsync(pipeline, timed, document, await index.LoadTextAsync(document.Id) ?? string.Empty, rounds);
        return 0;
    }

    private static async Task MeasureAsync(LlocoPipeline pipeline, TimedDecoder decoder, DocumentRecord document, string text, int rounds)
    {
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var options = new AskOptions { DocumentIds = [document.Id], Generation = new GenerationOptions { MaxNewTokens = 1 } };
        var (whole, alone, prompts) = (new List<double>(), new List<double>(), new List<double>());
        for (int round = -WarmUp; round < rounds; round++)
        {
            // Another question each time: nothing of it can be kept from the one before.
            int at = (round + WarmUp) * 7 % Math.Max(1, words.Length - 4);
            LlocoAnswer answer = await pipeline.AskAsync($"What is said of {string.Join(' ', words.Skip(at).Take(4))}?", options);
            double own = await decoder.AgainAsync();
            if (round >= 0)
            {
                whole.Add(answer.Times.FirstToken.TotalMilliseconds);
                alone.Add(own);
                prompts.Add(answer.Tokens.Prompt);
            }
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            document = document.Id,
            rounds,
            prompt_tokens = Medians.Compute(prompts),
            pipeline_ms = Math.Round(Medians.Compute(whole), 2),
            decoder_ms = Math.Round(Medians.Compute(alone), 2),
            ratio = Math.Round(Medians.Compute([.. whole.Zip(alone, (one, two) => one / two)]), 3),
        }));
    }
}
