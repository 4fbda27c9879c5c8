using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tokenization;
using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Hands what a model has learned to one of a larger vocabulary and another number of summary embeddings: pieces that
/// both know keep their vectors, new ones begin at random, summary inputs are repeated, further layers add nothing.</summary>
internal static class GrowRun
{
    internal static int Run(string oldStages, string oldRuns, string oldStage, string newStages, string newRuns, string name)
    {
        SentencePieceTokenizer before = Tokenizer(oldRuns);
        SentencePieceTokenizer after = Tokenizer(newRuns);
        LlamaConfig config = StageFile.Read(newStages).Model.ToConfig(after.VocabularySize);
        using LlamaWeights old = StageCheckpoint.LoadModel(
            Path.Combine(oldRuns, oldStage), StageFile.Read(oldStages).Model.ToConfig(before.VocabularySize),
            besides: StageTrainer.MapName);
        using LlamaWeights grown = LlamaWeights.Random(config, seed: 2, ScalarType.Float32, CPU);
        using IDisposable guard = no_grad();

        // Tensors that no scope holds may be freed, as numbers may, while a call still reads them.
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> known = old.Named().ToDictionary(entry => entry.Name, entry => entry.Weight);
        foreach ((string weightName, Tensor weight) in grown.Named())
        {
            if (ReferenceEquals(weight, grown.TokenEmbedding))
            {
                Pieces(before, after, old.TokenEmbedding, weight);
            }
            else if (ReferenceEquals(weight, grown.SummaryEmbedding))
            {
                Tensor rows = HeldNumbers.Range(0, config.SummaryLength).Modulo(old.Config.SummaryLength);
                Tensor repeated = old.SummaryEmbedding!.index_select(0, rows);
                Tensor noise = randn_like(repeated).Times(0.02);
                weight.narrow(1, 0, repeated.size(1)).copy_(repeated).Add(noise);
            }
            else
            {
                WiderWeights.Fill(weightName, weight, known.GetValueOrDefault(weightName), (double)config.HiddenSize / old.Config.HiddenSize);
            }
        }

        string folder = Path.Combine(newRuns, name);
        (string, Tensor)[] all = [.. grown.Named(), .. Projector(Path.Combine(oldRuns, oldStage), old.Config.HiddenSize, config.HiddenSize)];
        StageCheckpoint.Save(folder, all, new AdamWOptimizer(all));
        return 0;
    }

    private static IEnumerable<(string Name, Tensor Weight)> Projector(string folder, int before, int width)
    {
        if (StageCheckpoint.Has(folder, StageTrainer.MapName))
        {
            Tensor map = eye(width, dtype: ScalarType.Float32);
            Tensor known = eye(before, dtype: ScalarType.Float32);
            StageCheckpoint.LoadInto(folder, [(StageTrainer.MapName, known)]);
            map.narrow(0, 0, before).narrow(1, 0, before).copy_(known);
            yield return (StageTrainer.MapName, map);
        }
    }

    private static void Pieces(ITokenizer before, ITokenizer after, Tensor old, Tensor grown)
    {
        Dictionary<string, int> ids = [];
        for (int id = 0; id < before.VocabularySize; id++)
        {
            ids.TryAdd(Piece(before, id), id);
        }

        int kept = 0;

        // As long as those that are trained: attention finds a word by the product of two vectors. Further dimensions begin small.
        Tensor ratio = old.std() / grown.std();
        long width = old.size(1);
        grown.narrow(1, 0, width).mul_(ratio);
        for (int id = 0; id < after.VocabularySize; id++)
        {
            if (ids.TryGetValue(Piece(after, id), out int known))
            {
                kept++;
                grown[id].narrow(0, 0, width).copy_(old[known]);
            }
        }

        Console.WriteLine($"{kept} of {before.VocabularySize} pieces kept in {after.VocabularySize}.");
    }

    // The first pieces, controls and bytes, are the same in every vocabulary of SentencePieceTrainer.
    private static string Piece(ITokenizer tokenizer, int id) =>
        id < 259 ? $"#{id}" : tokenizer.Decode([.. tokenizer.Encode("."), id]);

    private static SentencePieceTokenizer Tokenizer(string runs) =>
        SentencePieceTokenizer.Load(Path.Combine(runs, StageRun.TokenizerFile));
}
