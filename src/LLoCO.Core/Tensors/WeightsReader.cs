using System.Security.Cryptography;
using LLoCO.Core.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tensors;

/*
 *   file ──► the tensor's place in memory, piece by piece ──► hash of the tensor ──► hash of the model (fingerprint)
 *
 * Each byte of a checkpoint is read once. The fingerprint is that of the numbers in memory, not of what the files held when
 * somebody looked at them before.
 */

/// <summary>Reads the weights of a model from its checkpoint, on several cores, and hashes them as they pass.</summary>
/// <param name="source">The checkpoint's tensors.</param>
/// <param name="type">The format to keep them in, or <see langword="null"/> for each as it is stored.</param>
/// <param name="device">Where to keep them.</param>
/// <param name="file">The checkpoint's path, for messages.</param>
/// <param name="digest">Takes the hashes; <see langword="null"/> for none.</param>
internal sealed class WeightsReader(
    ITensorSource source, ScalarType? type, Device device, string file, CheckpointDigest? digest)
{
    private readonly Dictionary<string, TensorInfo> _expected = new(StringComparer.Ordinal);
    /// <summary>Most bytes of a model that is read without libtorch: when libtorch needs the weights, it gets a copy.</summary>
    private const long MaxPlainBytes = 32 << 20;

    private readonly Dictionary<string, LazyTensor> _loaded = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private bool _plain;

    /// <summary>Requests a weight.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape.</param>
    /// <exception cref="CheckpointFormatException">The checkpoint has none such.</exception>
    internal void Expect(string name, long[] shape) =>
        _expected.Add(name, TensorLoader.Check(source, name, shape, type, file));

    /// <summary>Reads all requested weights, and hashes the other tensors of the checkpoint.</summary>
    /// <returns>The weights by name, owned by the caller. Where a read fails, none is left behind.</returns>
    internal Dictionary<string, LazyTensor> Read(CancellationToken cancellationToken)
    {
        TensorInfo[] all =
            [.. source.Tensors.Values.Where(tensor => _expected.ContainsKey(tensor.Name) || digest?.Covers(tensor) == true)];

        // Only copies run on several threads. libtorch's operators for conversion and for GPUs have their own threads, and each
        // calling thread would get its own team.
        bool copies = device.type == DeviceType.CPU
            && _expected.Values.All(tensor => type is null || type == TensorLoader.ToScalarType(tensor.ElementType));
        _plain = copies && LazyTensor.IsPlain(device) && _expected.Values.Sum(tensor => tensor.ByteLength) <= MaxPlainBytes
            && _expected.Values.All(tensor => tensor.ElementType is ElementType.Float32 or ElementType.BFloat16 or ElementType.Float16);
        if (!_plain)
        {
            LlocoRuntime.EnsureAvailable();
        }

        try
        {
            ParallelTensors.Run(all, copies ? int.MaxValue : 1, Read, cancellationToken);
            return _loaded;
        }
        catch
        {
            foreach (LazyTensor tensor in _loaded.Values)
            {
                tensor.Dispose();
            }

            throw;
        }
    }

    private void Read(TensorInfo tensor)
    {
        bool hashed = digest?.Covers(tensor) == true;
        if (!_expected.ContainsKey(tensor.Name))
        {
            digest!.Add(tensor, source);
            return;
        }

        using IncrementalHash hash = CheckpointDigest.Begin();
        var scan = new FiniteScan(
            tensor.ElementType, type is { } kept ? TensorLoader.ToElementType(kept) : tensor.ElementType);
        LazyTensor weight = _plain
            ? TensorLoader.LoadPlain(source, tensor, See)
            : TensorLoader.Load(source, tensor.Name, null, type, device, file, See);
        lock (_gate)
        {
            _loaded.Add(tensor.Name, weight);
        }

        scan.EnsureFinite(file, tensor.Name);

        if (hashed)
        {
            digest!.Add(tensor, hash);
        }

        void See(ReadOnlySpan<byte> bytes)
        {
            scan.See(bytes);
            if (hashed)
            {
                hash.AppendData(bytes);
            }
        }
    }
}
