using LLoCO.Core;

namespace LLoCO.Evaluation;

/// <summary>The context in front of a question when a model is measured.</summary>
public enum EvaluationMode
{
    /// <summary>The question alone.</summary>
    None = 0,

    /// <summary>The document's raw text, cut to the native window; the end is dropped, as the original does.</summary>
    Truncate = 1,

    /// <summary>The document's raw text; questions whose document does not fit are an error.</summary>
    Full = 2,

    /// <summary>The document's summary embeddings, no adapter.</summary>
    Compressed = 3,

    /// <summary>The document's summary embeddings, read with an adapter: the method.</summary>
    Lloco = 4,

    /// <summary>The document's raw passages that match the question best, as many as the native window holds.</summary>
    Retrieve = 5,

    /// <summary>As <see cref="Lloco"/>, and the passages that fit the question best as raw tokens beside the summary where the
    /// document's fidelity or the answer's confidence is low (<see cref="ExpandWhen.Auto"/>).</summary>
    Expand = 6,

    /// <summary>As <see cref="Expand"/>, for every question (<see cref="ExpandWhen.Always"/>).</summary>
    ExpandAlways = 7,
}
