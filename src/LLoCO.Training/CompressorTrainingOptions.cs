using System.ComponentModel.DataAnnotations;
using LLoCO.Core.Families;

namespace LLoCO.Training;

/// <summary>How a compressor, or a language model from scratch, is trained. Defaults are those of AutoCompressors (arXiv
/// 2305.14788) for Llama-2, all weights instead of LoRA.</summary>
public sealed record CompressorTrainingOptions : TrainingOptions
{
    /// <summary>Creates the defaults: a rate of 8e-4, one epoch.</summary>
    public CompressorTrainingOptions()
    {
        LearningRate = 8e-4;
        Epochs = 1;
    }

    /// <summary>Gets the summary embeddings per segment.</summary>
    /// <value>Default <see langword="null"/>: the model's own. A model that has none gets them, as copies of the end token's
    /// embedding; 0 trains a plain language model.</value>
    [Range(0, 1 << 16)]
    public int? SummaryLength { get; init; }

    /// <summary>Gets the mean tokens of a segment.</summary>
    /// <value>Default <see langword="null"/>: the model's own.</value>
    [Range(1, 1 << 20)]
    public int? SegmentLength { get; init; }

    /// <summary>Gets the shortest segment, as a share of the mean.</summary>
    /// <value>Default 2/3: AutoCompressors draws lengths of 1,024 to 2,048 around 1,536.</value>
    [Range(0.01, 1.0)]
    public double ShortestSegment { get; init; } = 2.0 / 3;

    /// <summary>Gets the longest segment, as a share of the mean. With 1 for both, segments are all of one length.</summary>
    /// <value>Default 4/3.</value>
    [Range(1.0, 100.0)]
    public double LongestSegment { get; init; } = 4.0 / 3;

    /// <summary>Gets whether documents are cut as the model reads them later (<see cref="LlamaConfig.SegmentBoundary"/>), in place of
    /// segments of random lengths.</summary>
    /// <value>Default false. <see cref="ShortestSegment"/> and <see cref="LongestSegment"/> then do nothing.</value>
    public bool SegmentsAsRead { get; init; }

    /// <summary>Gets the number of segments through which gradients flow. It bounds the memory of a step for documents of any
    /// length.</summary>
    /// <value>Default 2, that of AutoCompressors.</value>
    /// <remarks>Segments are taken in windows of this many. Summaries from before a window are given, and so are the keys and
    /// values of all but the last of them: those are kept rather than computed again with each segment.</remarks>
    [Range(1, 1 << 16)]
    public int GradientSegments { get; init; } = 2;

    /// <summary>Gets the weight of the next-token loss of each segment after the summaries of the earlier ones.</summary>
    /// <value>Default 1.</value>
    [Range(0.0, 1e6)]
    public double LanguageWeight { get; init; } = 1;

    /// <summary>Gets the weight of the loss of reconstructing a segment from its own summary.</summary>
    /// <value>Default 0.</value>
    [Range(0.0, 1e6)]
    public double ReconstructionWeight { get; init; }

    /// <summary>Gets the weight of the loss of answers to a document's questions behind all its summaries.</summary>
    /// <value>Default 1; without questions it has no effect.</value>
    [Range(0.0, 1e6)]
    public double QuestionWeight { get; init; } = 1;

    /// <summary>Gets the rank of the LoRA update through which the weights are trained, besides the summary embeddings.</summary>
    /// <value>Default 0: all weights are trained. AutoCompressors trains Llama-2 with 16. The result is a model with the update
    /// merged.</value>
    [Range(0, 1 << 16)]
    public int LoraRank { get; init; }

    /// <summary>Gets alpha of that update.</summary>
    /// <value>Default 16.</value>
    [Range(1e-9, 1e9)]
    public double LoraAlpha { get; init; } = 16;

    /// <summary>Gets the layers of that update. Where a model has several in one matrix (<c>qkv_proj</c>), naming one changes the
    /// matrix.</summary>
    /// <value>Default query, key, value and output.</value>
    public IReadOnlyList<LoraTarget> LoraTargets { get; init; } =
        [LoraTarget.Query, LoraTarget.Key, LoraTarget.Value, LoraTarget.Output];

    private protected override IEnumerable<string> Faults()
    {
        if (LoraRank > 0 && (LoraTargets.Count == 0 || LoraTargets.Distinct().Count() < LoraTargets.Count))
        {
            yield return $"{nameof(LoraTargets)} must name at least one layer, each once.";
        }

        if (LanguageWeight + ReconstructionWeight + QuestionWeight <= 0)
        {
            yield return $"{nameof(LanguageWeight)}, {nameof(ReconstructionWeight)} and {nameof(QuestionWeight)} cannot all be "
                + "0.";
        }
    }
}
