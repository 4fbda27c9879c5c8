using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Probing;

/// <summary>One document under compression. One thread at a time, that of its model.</summary>
public sealed class PassCompression : IDisposable
{
    private readonly LlamaModel _model;
    private readonly CompressionRun _run;

    internal PassCompression(LlamaModel model, CompressionRun run) => (_model, _run) = (model, run);

    /// <summary>Compresses the next segment behind all earlier ones.</summary>
    /// <param name="ids">Its token ids; at least one, all of the vocabulary.</param>
    /// <returns>The segment's summary vectors, row by row.</returns>
    /// <exception cref="ArgumentException">There are no ids, or one is out of range.</exception>
    /// <exception cref="LlocoException">The model has no summary embeddings.</exception>
    public float[] Next(ReadOnlyMemory<int> ids)
    {
        TokenIds.EnsureKnown(ids.Span, _model.Config);
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        return CompressionRun.Next(_model, [(_run, ids)])[0];
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();
}
