using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using static TorchSharp.torch;

namespace LLoCO.Core.Decoding.Prefixes;

/// <summary>
/// Prefix keys and values in files, one per documents and adapter: safetensors whose header records model, adapter, vectors and a
/// hash of the numbers. A file that does not match is ignored.
/// </summary>
/// <remarks>Used on the model's thread only. Several processes may share a folder, because files are completed first and then
/// renamed.</remarks>
internal sealed class PrefixFolder
{
    private const string Extension = ".prefix.safetensors";
    private const string Format = "lloco-prefix-2";
    private const string HashKey = "sha256";
    private const long MaxHeaderBytes = 4096;
    private const long MaxEntryBytes = 256;
    private static readonly ConditionalWeakTable<LoraAdapter, string> AdapterHashes = [];

    private readonly Dictionary<string, long> _held = new(StringComparer.Ordinal);
    private readonly string _folder;
    private readonly long _maxBytes;
    private readonly ModelFingerprint _fingerprint;
    private readonly LlamaModel _model;

    /// <summary>Opens a folder, and creates it if it does not exist.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="maxBytes">Maximum number of bytes in it.</param>
    /// <param name="fingerprint">The fingerprint of the summary embeddings.</param>
    /// <param name="model">The model; not disposed here.</param>
    internal PrefixFolder(string folder, long maxBytes, ModelFingerprint fingerprint, LlamaModel model)
    {
        Directory.CreateDirectory(folder);
        _folder = folder;
        _maxBytes = maxBytes;
        _fingerprint = fingerprint;
        _model = model;
    }

    /// <summary>Gets how many prefixes were read.</summary>
    internal long Reads { get; private set; }

    /// <summary>Reads a prefix.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>Its entries, held by the caller, or <see langword="null"/> if there is no intact file of them.</returns>
    internal PrefixKeyValues? Read(PrefixKey key)
    {
        string path = PathOf(key);
        if (!File.Exists(path))
        {
            return null;
        }

        TorchMode.Use();
        int layers = _model.Config.Layers;
        var tensors = new Tensor?[2 * layers];
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach ((string name, string value) in Describe(key))
            {
                if (!file.Metadata.TryGetValue(name, out string? stored) || stored != value)
                {
                    throw new CheckpointFormatException(path, name, "the file is of another prefix.");
                }
            }

            Load(file, key, tensors);

            // Records the time of use, by which files are deleted.
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            Reads++;
            Tensor[] whole = [.. tensors.Select(tensor => Move(tensor!))];
            return new PrefixKeyValues(whole[..layers], whole[layers..]) { IsLong = key.IsLong };
        }
        catch (Exception error) when (error is CheckpointFormatException or IOException or UnauthorizedAccessException)
        {
            // The prefix is computed again, and the file is overwritten.
            foreach (Tensor? tensor in tensors)
            {
                tensor?.Dispose();
            }

            return null;
        }
    }

    /// <summary>Loads and hashes on all cores, because one core is slower than the page cache, and a question waits.</summary>
    private void Load(SafetensorsFile file, PrefixKey key, Tensor?[] tensors)
    {
        LlamaConfig config = _model.Config;
        long[] shape = [1, config.KeyValueHeads, key.Count, config.HeadDimension];
        var hashes = new string[tensors.Length];
        Dictionary<string, int> places = Enumerable.Range(0, tensors.Length).ToDictionary(i => Name(i, config.Layers));
        TensorInfo[] infos =
            [.. places.Keys.Select(name => TensorLoader.Check(file, name, shape, type: null, file.Path))];
        ParallelTensors.Run(
            infos,
            int.MaxValue,
            info =>
            {
                int place = places[info.Name];
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                tensors[place] = TensorLoader.Load(file, info.Name, shape, null, CPU, file.Path, hash.AppendData);
                hashes[place] = Convert.ToHexStringLower(hash.GetHashAndReset());
            },
            CancellationToken.None);
        if (tensors.Any(tensor => tensor!.dtype != _model.Weights.Type))
        {
            throw new CheckpointFormatException(file.Path, Name(0, config.Layers), "the number format is another.");
        }

        if (!file.Metadata.TryGetValue(HashKey, out string? expected) || expected != Join(hashes))
        {
            throw new CheckpointFormatException(file.Path, HashKey, "the numbers are not those that were written.");
        }
    }

    /// <summary>As <see cref="Save"/>, but ignores a full or write-protected disk.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="keyValues">Its keys and values.</param>
    internal void Write(PrefixKey key, PrefixKeyValues keyValues)
    {
        if (keyValues.Bytes > _maxBytes)
        {
            return;
        }

        try
        {
            Save(key, keyValues);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The answer does not need the file.
        }
    }

    /// <summary>Protects a prepared prefix from deletion for the lifetime of this object. All protected files must fit the limit
    /// together.</summary>
    /// <param name="key">The key of a prefix that is, or will be, in the folder.</param>
    /// <param name="keyValues">Its keys and values.</param>
    /// <exception cref="LlocoException">They do not fit; the prefix is not protected.</exception>
    internal void Hold(PrefixKey key, PrefixKeyValues keyValues)
    {
        string path = PathOf(key);
        long bytes = keyValues.Bytes + MaxHeaderBytes + (2 * keyValues.Layers * MaxEntryBytes);
        long others = _held.Where(entry => entry.Key != path).Sum(entry => entry.Value);
        if (others + bytes > _maxBytes)
        {
            throw new LlocoException(
                $"The prefix takes {bytes} bytes beside {others} of those prepared before; the folder '{_folder}' may hold "
                + $"{_maxBytes}. Allow more ({nameof(PrefixCacheOptions)}.{nameof(PrefixCacheOptions.MaxFolderBytes)}).");
        }

        _held[path] = bytes;
    }

    /// <summary>Writes a prefix, and deletes the least recently used ones until all fit.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="keyValues">Its keys and values.</param>
    /// <exception cref="IOException">The disk is full, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is write-protected.</exception>
    internal void Save(PrefixKey key, PrefixKeyValues keyValues)
    {
        Tensor[] tensors = [.. Enumerable.Range(0, 2 * keyValues.Layers).Select(i => Tensor(keyValues, i))];
        Dictionary<string, string> metadata = Describe(key);
        metadata.Add(HashKey, HashOf(tensors));
        TensorInfo[] infos = [.. tensors.Select((tensor, i) => TensorLoader.Describe(Name(i, keyValues.Layers), tensor))];
        Dictionary<string, Tensor> byName = infos.Zip(tensors).ToDictionary(pair => pair.First.Name, pair => pair.Second);
        SafetensorsWriter.Write(
            PathOf(key), infos, (info, destination) => TensorLoader.Write(byName[info.Name], destination), metadata);
        MakeRoom();
    }

    private static Tensor Tensor(PrefixKeyValues keyValues, int place) =>
        place < keyValues.Layers ? keyValues.Keys(place) : keyValues.Values(place - keyValues.Layers);

    private static string Name(int place, int layers) => place < layers ? $"keys.{place}" : $"values.{place - layers}";

    private static string HashOf(IEnumerable<Tensor> tensors) => Join(tensors.Select(tensor =>
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        TensorLoader.Write(tensor, hash.AppendData);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }));

    /// <summary>A hash of hashes, so that they can be computed in parallel.</summary>
    private static string Join(IEnumerable<string> hashes) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(hashes))));

    private static string AdapterHash(LoraAdapter? adapter) => adapter is null
        ? "none"
        : AdapterHashes.GetValue(adapter, one => FormattableString.Invariant($"{one.Alpha}/{one.Rank}/")
            + HashOf(one.Named().Select(entry => entry.Weight)));

    private Tensor Move(Tensor tensor) =>
        tensor.device.type == _model.Weights.Device.type ? tensor : tensor.to(_model.Weights.Device, disposeAfter: true);

    private Dictionary<string, string> Describe(PrefixKey key) => new()
    {
        ["format"] = Format,
        ["fingerprint"] = _fingerprint.ToString(),
        ["weights"] = _model.Weights.Type.ToString(),
        ["adapter"] = AdapterHash(key.Adapter),
        ["vectors"] = key.Hash,
    };

    private string PathOf(PrefixKey key)
    {
        string all = string.Join('\n', Describe(key).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value));
        return Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all))) + Extension);
    }

    private void MakeRoom()
    {
        FileInfo[] files = [.. new DirectoryInfo(_folder).EnumerateFiles("*" + Extension).OrderBy(file => file.LastWriteTimeUtc)];
        long bytes = files.Sum(file => file.Length);
        foreach (FileInfo file in files.Where(file => !_held.ContainsKey(Path.Combine(_folder, file.Name))))
        {
            if (bytes <= _maxBytes)
            {
                return;
            }

            file.Delete();
            bytes -= file.Length;
        }
    }
}
