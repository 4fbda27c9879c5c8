using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Runtime;
using LLoCO.Core.Segments;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Tokenization.Chat;
using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>What a compressor's training begins with, and what its documents must fit.</summary>
/// <param name="Folder">The model folder, or <see langword="null"/> for random weights.</param>
/// <param name="Config">The shape, with segment and summary length as trained.</param>
/// <param name="TokenizerFile">The tokenizer's file.</param>
/// <param name="Device">Where to train.</param>
internal sealed record CompressorSetup(string? Folder, LlamaConfig Config, string TokenizerFile, LlocoDevice Device)
{
    private static readonly string[] Companions =
        [PromptSettings.FileName, "generation_config.json", .. ChatTemplateFile.Files];

    /// <summary>Gets the device as libtorch names it.</summary>
    internal Device Torch => Device.ToTorch();

    /// <summary>Gets what cuts documents as they are read later; <see langword="null"/> for segments of random lengths.</summary>
    internal Segmenter? AsRead { get; init; }

    /// <summary>How documents are cut.</summary>
    internal SegmentCuts Cuts(CompressorTrainingOptions options) =>
        new(Config.SegmentLength, options.ShortestSegment, options.LongestSegment, AsRead);

    /// <summary>Refuses documents that the model cannot read, and gives options, data and model a hash.</summary>
    /// <exception cref="LlocoException">A document does not fit; the message names it.</exception>
    internal string Hash(
        CompressorTrainingOptions options, ICompressorCorpus corpus, IReadOnlyList<CompressorDocument> validation)
    {
        if (corpus.Count < 1)
        {
            throw new LlocoException("There is no document to learn from. Give at least one.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(options));
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(Config));
        hash.AppendData(Encoding.UTF8.GetBytes(Folder ?? string.Empty));
        SegmentCuts cuts = Cuts(options);
        for (int i = 0; i < corpus.Count + validation.Count; i++)
        {
            CompressorDocument document = i < corpus.Count ? corpus.Get(i, 0) : validation[i - corpus.Count];
            Check(document, cuts);
            hash.AppendData(BitConverter.GetBytes(document.Tokens.Length));
            hash.AppendData(MemoryMarshal.AsBytes(document.Tokens.Span));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Writes what a model folder holds besides weights.</summary>
    internal void WriteRest(string folder)
    {
        LlamaConfigFile.Write(Path.Combine(folder, LlamaConfigFile.FileName), Config);
        TokenizerFolder.Copy(TokenizerFile, folder);
        foreach (string companion in Companions)
        {
            if (Folder is not null && File.Exists(Path.Combine(Folder, companion)))
            {
                File.Copy(Path.Combine(Folder, companion), Path.Combine(folder, companion), overwrite: true);
            }
        }
    }

    private void Check(CompressorDocument document, SegmentCuts cuts)
    {
        if (document.Tokens.Length < 2)
        {
            throw new LlocoException($"The document '{document.Id}' has {document.Tokens.Length} tokens; at least 2 are needed.");
        }

        CheckIds(document.Tokens.Span, $"document '{document.Id}'");
        int segments = cuts.Count(document.Tokens.Span);
        var language = new WindowBudget(Config.MaxPositions)
        {
            Prefix = (long)segments * Config.SummaryLength, RawText = cuts.Longest(document.Tokens.Span),
        };
        WindowBudget largest = language;
        foreach (CompressorQuestion question in document.Questions)
        {
            if (question.Prompt.IsEmpty || question.Answer.IsEmpty)
            {
                throw new LlocoException($"A question to the document '{document.Id}' has no prompt or no answer.");
            }

            CheckIds(question.Prompt.Span, $"questions to '{document.Id}'");
            CheckIds(question.Answer.Span, $"answers about '{document.Id}'");
            WindowBudget asked = language with
            {
                RawText = 0, Prompt = question.Prompt.Length, Answer = question.Answer.Length,
            };
            largest = asked.Required > largest.Required ? asked : largest;
        }

        if (!largest.Fits)
        {
            throw new LlocoException(
                $"The document '{document.Id}' of {document.Tokens.Length} tokens in {segments} segments {largest.Explain()} Cut "
                + "it, or train longer segments or fewer summary embeddings.");
        }
    }

    private void CheckIds(ReadOnlySpan<int> ids, string what)
    {
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)Config.VocabularySize)
            {
                throw new LlocoException($"The {what} has the token id {id}; the model knows 0 to {Config.VocabularySize - 1}. "
                    + "Use the tokenizer that belongs to the model.");
            }
        }
    }
}
