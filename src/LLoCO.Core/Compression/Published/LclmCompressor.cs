using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tokenization;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Compression.Published;

/*
 *   encoder    [ window of tokens ]  causal, from position 0   final norm, mean of each group of tokens: one vector a group
 *   adapter    norm, fc1, GELU, fc2                            (Projection: LclmProjector)
 *   decoder    [ <|im_start|> "user\n" | <|memory_start|> | vectors | <|memory_end|> | " question" <|im_end|> ... ]
 *
 * Reference: LeonLixyz/LCLM, latent_context (encoder.py, adapter.py, processor.py) and inference/hf.py.
 */

/// <summary>The encoder of an LCLM: another model than the decoder, without an adapter of its own.</summary>
internal sealed class LclmCompressor : IPublishedCompressor
{
    private static readonly string[] Marks = ["<|im_start|>", "<|im_end|>", "<|memory_start|>", "<|memory_end|>"];

    private readonly LoadedModel _encoder;
    private readonly LclmFolder _folder;

    private LclmCompressor(LoadedModel encoder, LclmFolder folder)
    {
        _encoder = encoder;
        _folder = folder;
    }

    /// <inheritdoc/>
    public required ModelFingerprint Fingerprint { get; init; }

    /// <inheritdoc/>
    public int Width => _encoder.Config.HiddenSize;

    /// <inheritdoc/>
    public required PrefixFrame Frame { get; init; }

    /// <inheritdoc/>
    public string Prompt => " {question}";

    /// <inheritdoc/>
    public required IReadOnlyList<int> PromptEnd { get; init; }

    /// <summary>Joins the parts. Blocking.</summary>
    /// <param name="folder">The folder, read.</param>
    /// <param name="encoder">The encoder; not disposed here.</param>
    /// <param name="decoder">The decoder; not disposed here.</param>
    /// <param name="tokenizer">The decoder's tokenizer.</param>
    /// <param name="projector">Fingerprint of the adapter between them.</param>
    /// <exception cref="CheckpointFormatException">The tokenizers differ, or the decoder's lacks a mark.</exception>
    internal static LclmCompressor Create(
        LclmFolder folder, LoadedModel encoder, LoadedModel decoder, ITokenizer tokenizer, string projector)
    {
        int[] marks = [.. Marks.Select(mark => SpecialTokens.Find(folder.Decoder, mark) ?? throw new CheckpointFormatException(
            folder.Decoder, mark, "the tokenizer does not have this token; an LCLM was trained with it"))];
        SpecialTokens.EnsureSame(folder.Decoder, folder.Encoder);
        if (decoder.Config.VocabularySize <= marks.Max())
        {
            throw new CheckpointFormatException(
                folder.Decoder, "vocab_size", $"{decoder.Config.VocabularySize} leaves no embedding for the token {marks.Max()}");
        }

        int[] user = [.. tokenizer.Encode("user\n")];
        string hash = $"lloco-lclm-1\n{encoder.Fingerprint.Model}\n{decoder.Fingerprint.Model}\n{folder.Ratio}";
        return new LclmCompressor(encoder, folder)
        {
            Fingerprint = decoder.Fingerprint with
            {
                Model = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hash))),
                SegmentLength = folder.Window,
                SummaryLength = folder.Window / folder.Ratio,
                Projector = projector,
            },
            Frame = decoder.Worker.RunAsync(() => new PrefixFrame(decoder.Config.HiddenSize)
            {
                Before = FrameVectors.Embed(decoder.Model, [marks[0], .. user]),
                Open = FrameVectors.Embed(decoder.Model, [marks[2]]),
                Close = FrameVectors.Embed(decoder.Model, [marks[3]]),
            }).GetAwaiter().GetResult(),
            PromptEnd = [marks[1], .. tokenizer.Encode("\n"), marks[0], .. tokenizer.Encode("assistant\n")],
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Cut(ReadOnlySpan<int> tokens)
    {
        var counts = new List<int>();
        for (int start = 0; start < tokens.Length; start += _folder.Window)
        {
            counts.Add(Math.Min(_folder.Window, tokens.Length - start));
        }

        return counts;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<float[]> CompressAsync(
        IReadOnlyList<ReadOnlyMemory<int>> segments,
        ReadOnlyMemory<float> earlier,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(segments);
        for (int i = 0; i < segments.Count; i++)
        {
            int[] ids = segments[i].ToArray();
            _encoder.CheckIds(ids, $"segment {i}");
            yield return await _encoder.Worker.RunAsync(() => Encode(ids), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private float[] Encode(int[] ids)
    {
        LlamaModel model = _encoder.Model;
        Tensor inputs = model.Embed(CompressionRun.Ids(ids, model.Weights.Device))[0];
        Tensor hidden = model.Infer(inputs, [new SequenceRows(null, ids.Length, ids.Length)]);
        var groups = new List<Tensor>();
        for (int start = 0; start < ids.Length; start += _folder.Ratio)
        {
            groups.Add(hidden.narrow(0, start, Math.Min(_folder.Ratio, ids.Length - start)).mean([0], keepdim: true));
        }

        return FrameVectors.Read(cat(groups, 0));
    }
}
