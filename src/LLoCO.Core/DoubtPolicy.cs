namespace LLoCO.Core;

/// <summary>The treatment of a question whose answer is in doubt (<see cref="LlocoAnswer.Warning"/>).</summary>
public enum DoubtPolicy
{
    /// <summary>It is answered, and the answer carries a <see cref="LlocoAnswer.Warning"/>: the default.</summary>
    Warn = 0,

    /// <summary>It fails with a <see cref="DoubtfulAnswerException"/>. Nothing is streamed before the answer is known.</summary>
    Refuse = 1,

    /// <summary>The passages that fit it best are read as raw tokens beside the summary embeddings, as
    /// <see cref="ExpandWhen.Always"/> does; the answer still carries the warning. Nothing is streamed before it is known which
    /// answer counts.</summary>
    Expand = 2,

    /// <summary>The passages go to another model (<see cref="LlocoPipelineBuilder.UseTextFallback"/>), which answers in place of
    /// this one.</summary>
    HandOver = 3,
}
