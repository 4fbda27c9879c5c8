namespace LLoCO.Core.Families;

/// <summary>
/// Shape of a LLaMA with its compressor: the keys of a Hugging Face <c>config.json</c>, <c>summary_length</c> and
/// <c>accumulate_summary</c> of AutoCompressors, and LLoCO's own <c>segment_length</c>.
/// </summary>
public sealed record LlamaConfig
{
    /// <summary>Gets the family that the model is of (<c>model_type</c>).</summary>
    /// <value>Default <c>llama</c>.</value>
    public string ModelType => Plan.ModelType;

    /// <summary>Gets the number of token ids (<c>vocab_size</c>).</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Gets the width of the residual stream (<c>hidden_size</c>).</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Gets the width inside the SwiGLU block (<c>intermediate_size</c>).</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Gets the number of decoder layers (<c>num_hidden_layers</c>).</summary>
    public required int Layers { get; init; }

    /// <summary>Gets the number of query heads (<c>num_attention_heads</c>).</summary>
    public required int Heads { get; init; }

    /// <summary>Gets the number of key/value heads (<c>num_key_value_heads</c>); divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Gets the width of one head (<c>head_dim</c>; <c>hidden_size / num_attention_heads</c> where absent).</summary>
    public required int HeadDimension { get; init; }

    /// <summary>Gets the epsilon of the RMS norms (<c>rms_norm_eps</c>).</summary>
    /// <value>Default 1e-5, Llama-2's.</value>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Gets the base of the rotary angles (<c>rope_theta</c>).</summary>
    /// <value>Default 10,000, Llama-2's.</value>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>Gets how rotary angles are stretched (<c>rope_scaling</c>).</summary>
    public RopeScaling RopeScaling { get; init; } = RopeScaling.None;

    /// <summary>Gets the native window (<c>max_position_embeddings</c>).</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Gets whether the output head is the token embedding (<c>tie_word_embeddings</c>).</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>Gets the summary embeddings per segment (<c>summary_length</c>); 0 for a model that cannot compress.</summary>
    public int SummaryLength { get; init; }

    /// <summary>Gets whether each segment is encoded behind all earlier summary vectors (<c>accumulate_summary</c>).</summary>
    public bool AccumulateSummary { get; init; } = true;

    /// <summary>Gets the tokens of a full segment (<c>segment_length</c>).</summary>
    /// <value>Default 1,536, the paper's.</value>
    public int SegmentLength { get; init; } = 1536;

    /// <summary>Gets where segments may end (<c>segment_boundary</c>: <c>token</c> or <c>sentence</c>).</summary>
    /// <value>Default <see cref="SegmentBoundary.Token"/>, the original's.</value>
    public SegmentBoundary SegmentBoundary { get; init; } = SegmentBoundary.Token;

    /// <summary>Gets the id that begins a sequence (<c>bos_token_id</c>).</summary>
    public int? BeginOfSequenceId { get; init; } = 1;

    /// <summary>Gets the ids that end an answer (<c>eos_token_id</c>, one or several).</summary>
    public IReadOnlyList<int> EndOfSequenceIds { get; init; } = [2];

    /// <summary>Gets the id of padding (<c>pad_token_id</c>), if there is one.</summary>
    public int? PadId { get; init; }

    /// <summary>Gets the differences from Llama 2.</summary>
    internal ModelPlan Plan { get; init; } = ModelPlan.Llama;
}

/// <summary>Where a segment may end.</summary>
public enum SegmentBoundary
{
    /// <summary>After exactly <see cref="LlamaConfig.SegmentLength"/> tokens, the last one shorter: the original's way.</summary>
    Token = 0,

    /// <summary>At the last end of a sentence within <see cref="LlamaConfig.SegmentLength"/> tokens, so that no sentence is
    /// split.</summary>
    Sentence = 1,
}
