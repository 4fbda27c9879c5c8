namespace LLoCO.Tool.Verification;

/// <summary>Kinds of golden values and their tolerances, from the table in the fixtures' README (float32, absolute).</summary>
/// <param name="Name">The kind's name in a row.</param>
/// <param name="Tolerance">Largest absolute difference.</param>
internal sealed record GoldenKind(string Name, double Tolerance)
{
    /// <summary>Inputs that the fixture has twice, and counts: equal.</summary>
    internal static readonly GoldenKind Inputs = new("inputs", 0);

    /// <summary>Rotary offset and length of each pass: equal.</summary>
    internal static readonly GoldenKind Positions = new("positions", 0);

    /// <summary>The softprompt that a compression ends with.</summary>
    internal static readonly GoldenKind Softprompt = new("compress.softprompt", 2e-4);

    /// <summary>Summary vectors of each segment.</summary>
    internal static readonly GoldenKind Summary = new("compress.summary", 2e-4);

    /// <summary>Summary vectors as the library's compressor makes them, with cached keys and values.</summary>
    internal static readonly GoldenKind CachedSummary = new("compress.summary_cached", 2e-4);

    /// <summary>Logits of the context's tokens.</summary>
    internal static readonly GoldenKind ContextLogits = new("compress.logits", 5e-4);

    /// <summary>Logits at the prompt's places.</summary>
    internal static readonly GoldenKind PrefillLogits = new("prompt.prefill_logits", 5e-4);

    /// <summary>Logits after each fed token.</summary>
    internal static readonly GoldenKind DecodeLogits = new("prompt.decode_logits", 5e-4);

    /// <summary>Greedy tokens: equal.</summary>
    internal static readonly GoldenKind GreedyIds = new("prompt.greedy_ids", 0);

    /// <summary>Greedy tokens up to an end token: equal.</summary>
    internal static readonly GoldenKind StopAt = new("prompt.stop_at", 0);

    /// <summary>The closest call among the greedy choices: a difference of two logits, so twice their tolerance.</summary>
    internal static readonly GoldenKind Margin = new("prompt.top2_margin", 1e-3);

    /// <summary>Training losses.</summary>
    internal static readonly GoldenKind Loss = new("sft.loss", 5e-5);

    /// <summary>Logits of the first training pass.</summary>
    internal static readonly GoldenKind TrainingLogits = new("sft.logits", 5e-4);

    /// <summary>LoRA gradients of the first step.</summary>
    internal static readonly GoldenKind Gradient = new("sft.gradient", 1e-4);

    /// <summary>Figures about these gradients.</summary>
    internal static readonly GoldenKind GradientSizes = new("sft.gradient_sizes", 1e-4);

    /// <summary>LoRA parameters after the AdamW steps.</summary>
    internal static readonly GoldenKind Trained = new("sft.trained", 1e-5);

    /// <summary>Tensors of a summary cache as read from its file: equal.</summary>
    internal static readonly GoldenKind CacheStored = new("cache.stored", 0);

    /// <summary>The same tensors computed again. If the file holds bfloat16, a deviation of up to 2^-8 of a number is no
    /// difference.</summary>
    internal static readonly GoldenKind CacheComputed = new("cache.computed", 2e-4);

    /// <summary>Differences that the generator saw between variants of the original: within the tolerance of logits.</summary>
    internal static readonly GoldenKind SelfChecks = new("self_checks", 5e-4);

    /// <summary>Differences that the generator saw from llama.cpp, which takes GELU from a table in half precision.</summary>
    internal static readonly GoldenKind LlamaCppChecks = new("self_checks_llama_cpp", 5e-3);

    /// <summary>Properties of the case itself, and all parts of the fixture that were not run.</summary>
    internal static readonly GoldenKind Fixture = new("fixture", 0);
}
