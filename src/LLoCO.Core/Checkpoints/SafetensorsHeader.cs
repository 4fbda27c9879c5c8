using System.Buffers.Binary;
using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// The checked header of a safetensors file: 8 bytes length, JSON of name to dtype, shape and offsets, then the numbers
/// (format described in github huggingface/safetensors, README).
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The key that holds free text rather than a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>The reference implementation's limit.</summary>
    private const long MaxHeaderBytes = 100_000_000;

    private readonly Dictionary<string, TensorInfo> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly long _dataStart;
    private readonly long _dataLength;

    private SafetensorsHeader(string path, long dataStart, long fileLength)
    {
        _path = path;
        _dataStart = dataStart;
        _dataLength = fileLength - dataStart;
    }

    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Reads and checks the header. Nothing is allocated before its size is checked against the file's.</summary>
    public static SafetensorsHeader Read(BinaryFile file)
    {
        ForeignFile.Refuse(file);
        if (file.Length < 8)
        {
            throw new CheckpointFormatException(file.Path, null, $"{file.Length} bytes are too few for a safetensors file");
        }

        byte[] start = file.Read(0, 8, null);
        if (start is [(byte)'P', (byte)'K', 3, 4, ..])
        {
            throw new CheckpointFormatException(
                file.Path, null, "is a zip archive as torch.save writes it, not safetensors; name it pytorch_model.bin");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > MaxHeaderBytes || (long)length > file.Length - 8)
        {
            throw new CheckpointFormatException(
                file.Path,
                null,
                $"the header is said to have {length} bytes; the file has {file.Length}, the format allows {MaxHeaderBytes}");
        }

        var header = new SafetensorsHeader(file.Path, 8 + (long)length, file.Length);
        using JsonDocument json = JsonFile.Parse(file.Path, file.Read(8, (int)length, null));
        foreach (JsonProperty entry in json.RootElement.EnumerateObject())
        {
            if (entry.NameEquals(MetadataKey))
            {
                header.AddMetadata(entry.Value);
            }
            else
            {
                header.AddTensor(entry.Name, entry.Value);
            }
        }

        header.EnsureCovered();
        return header;
    }

    /// <summary>Gets where a tensor's numbers begin in the file.</summary>
    public long FileOffset(string name) => _dataStart + _offsets[name];

    private void AddMetadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new CheckpointFormatException(_path, MetadataKey, "is not an object of strings");
        }

        foreach (JsonProperty entry in value.EnumerateObject())
        {
            _metadata[entry.Name] = entry.Value.ValueKind == JsonValueKind.String
                ? entry.Value.GetString()!
                : throw new CheckpointFormatException(_path, $"{MetadataKey}.{entry.Name}", "is not a string");
        }
    }

    private void AddTensor(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new CheckpointFormatException(_path, name, "is not an object with dtype, shape and data_offsets");
        }

        var fields = new JsonFields(_path, value);
        string dtype = fields.Text("dtype") ?? throw new CheckpointFormatException(_path, name, "dtype is missing");
        if (!ElementTypes.TryFromSafetensors(dtype, out ElementType type))
        {
            throw new CheckpointFormatException(
                _path,
                name,
                ElementTypes.IsPacked(dtype)
                    ? $"dtype '{dtype}' packs numbers of less than a byte: quantized weights, which are not read; use the float16, "
                        + "bfloat16 or float32 checkpoint"
                    : $"dtype '{dtype}' is not supported (supported: {ElementTypes.SafetensorsNameList})");
        }

        long[] shape = Longs(name, fields, "shape");
        long bytes = ElementTypes.CountElements(_path, name, shape, type) * type.Size();
        long[] offsets = Longs(name, fields, "data_offsets");
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > _dataLength)
        {
            throw new CheckpointFormatException(
                _path, name, $"data_offsets {ElementTypes.Show(offsets)} do not lie within the {_dataLength} bytes of data");
        }

        if (offsets[1] - offsets[0] != bytes)
        {
            throw new CheckpointFormatException(
                _path,
                name,
                $"{dtype} {ElementTypes.Show(shape)} takes {bytes} bytes, data_offsets span {offsets[1] - offsets[0]}");
        }

        _tensors.Add(name, new TensorInfo(name, type, shape, bytes));
        _offsets.Add(name, offsets[0]);
    }

    private long[] Longs(string name, JsonFields fields, string key)
    {
        if (fields.Find(key) is not { ValueKind: JsonValueKind.Array } array)
        {
            throw new CheckpointFormatException(_path, name, $"{key} is missing or not an array");
        }

        long[] values = new long[array.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out values[i++]))
            {
                throw new CheckpointFormatException(
                    _path, name, $"{key} holds {JsonFields.Show(item)}, which is no 64-bit integer");
            }
        }

        return values;
    }

    /// <summary>The format allows neither overlaps nor holes: each byte of data belongs to exactly one tensor.</summary>
    private void EnsureCovered()
    {
        long end = 0;
        string previous = "the header";
        foreach (TensorInfo tensor in _tensors.Values.OrderBy(t => _offsets[t.Name]).ThenBy(t => t.ByteLength))
        {
            long start = _offsets[tensor.Name];
            if (start != end)
            {
                string fault = start < end ? "overlaps" : $"leaves {start - end} unused bytes behind";
                throw new CheckpointFormatException(_path, tensor.Name, $"its data {fault} {previous}");
            }

            end = start + tensor.ByteLength;
            previous = $"'{tensor.Name}'";
        }

        if (end != _dataLength)
        {
            throw new CheckpointFormatException(_path, null, $"{_dataLength - end} bytes behind the last tensor belong to no tensor");
        }
    }
}
