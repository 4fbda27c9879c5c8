using LLoCO.Core.Compression;
using LLoCO.Core.Compression.Published;
using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Decoding.Prefixes;

/// <summary>Computes the KV cache entries of a prefix piece by piece, so that other work can use the model in between. Used on
/// the model's thread only.</summary>
/// <remarks>The pieces are always the same, and each is a separate pass, so the entries do not depend on concurrent
/// work.</remarks>
internal sealed class PrefixPrefill : IDisposable
{
    /// <summary>Vectors per piece: nearly full speed, and a small part of a second on a small model.</summary>
    internal const int PieceVectors = 512;

    private readonly LlamaModel _model;
    private readonly LoraAdapter? _adapter;
    private readonly float[] _vectors;
    private readonly int _count;
    private readonly KernelDecoder? _kernels;
    private KeyValueCache? _keyValues;
    private readonly Func<PrefixKeyValues>? _read;
    private int _done;

    private PrefixPrefill(LlamaModel model, Func<PrefixKeyValues> read)
    {
        (_model, _vectors, _count, _read) = (model, [], 1, read);
    }

    /// <summary>Makes room for the keys and values.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">The adapter, or <see langword="null"/> for the base model.</param>
    /// <param name="vectors">Row by row.</param>
    /// <param name="count">How many; at least 1.</param>
    /// <param name="isLong">Whether longrope rotates them with its long factors.</param>
    /// <param name="kernels">Computes short prefixes; <see langword="null"/> for libtorch.</param>
    internal PrefixPrefill(
        LlamaModel model, LoraAdapter? adapter, float[] vectors, int count, bool isLong = false, KernelDecoder? kernels = null)
    {
        _kernels = kernels;
        _model = model;
        _adapter = adapter;
        _vectors = vectors;
        _count = count;
        _keyValues = new KeyValueCache(model.Config, 1, count, model.Weights.Type, model.Weights.Device) { IsLong = isLong };
    }

    /// <summary>Starts the prefill of summary embeddings.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">The adapter, or <see langword="null"/> for the base model.</param>
    /// <param name="prefix">The summary embeddings; at least one vector.</param>
    /// <param name="frame">What stands around them.</param>
    /// <param name="isLong">Whether longrope rotates with its long factors, however short the prefix is.</param>
    /// <param name="kernels">The kernels of the model, or <see langword="null"/>.</param>
    internal static PrefixPrefill Create(
        LlamaModel model, LoraAdapter? adapter, IReadOnlyList<SummaryEmbeddings> prefix, PrefixFrame frame, bool isLong = false,
        KernelDecoder? kernels = null)
    {
        if (prefix.Any(document => document.IsKeyValue))
        {
            return new PrefixPrefill(model, () => MemoryPrefix.Build(model, prefix, frame.MemorySlots, frame.Places));
        }

        float[] joined = frame.Join([.. prefix.Select(SummaryPayload.Decode)]);
        int count = joined.Length / model.Config.HiddenSize;
        return new PrefixPrefill(model, adapter, joined, count, isLong || model.Config.RopeScaling.IsLong(count), kernels);
    }

    /// <summary>Computes the next piece.</summary>
    /// <returns>Whether there are more.</returns>
    internal bool Advance()
    {
        if (_read is not null)
        {
            _done = _count;
            return false;
        }

        if (_kernels?.CanPrefill(_count) == true)
        {
            ReadShort(_kernels);
            return false;
        }

        TorchMode.Use();
        using DisposeScope scope = NewDisposeScope();
        LlamaWeights weights = _model.Weights;
        int width = _model.Config.HiddenSize;
        int rows = Math.Min(PieceVectors, _count - _done);
        Tensor inputs = tensor(
            _vectors.AsSpan(_done * width, rows * width).ToArray(), [rows, width], dtype: ScalarType.Float32);
        _model.Infer(
            inputs.to(weights.Type).to(weights.Device), [new SequenceRows(_keyValues, rows, Wanted: 0)], _adapter);
        _keyValues!.Commit(rows);
        _done += rows;
        return _done < _count;
    }

    private unsafe void ReadShort(KernelDecoder kernels)
    {
        DecodeSequence row = kernels.Begin(_keyValues!, _adapter);
        var rows = new DecodeSequence[_count];
        for (int index = 0; index < _count; index++)
        {
            rows[index] = new DecodeSequence(row.Cache, row.Adapter) { Position = index };
        }

        fixed (float* vectors = _vectors)
        {
            kernels.Prefill.Prefill(rows, vectors, []);
        }

        _keyValues!.Commit(_count);
        _done = _count;
    }

    /// <summary>Returns the entries after the last piece; the caller must dispose them.</summary>
    internal PrefixKeyValues Finish()
    {
        if (_read is not null)
        {
            return _read();
        }

        PrefixKeyValues keyValues = _keyValues!.Freeze();
        _keyValues = null;
        return keyValues;
    }

    /// <summary>Computes all pieces at once.</summary>
    /// <returns>The entries; the caller must dispose them. This object cannot be used any more.</returns>
    internal PrefixKeyValues ReadToEnd()
    {
        using (this)
        {
            while (_done < _count)
            {
                Advance();
            }

            return Finish();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _keyValues?.Dispose();
}
