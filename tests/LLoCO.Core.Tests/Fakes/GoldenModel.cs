using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tests.Checkpoints;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>The model and adapter of a golden case, and what the original computed with them.</summary>
internal sealed class GoldenModel : IAsyncDisposable
{
    private readonly SafetensorsFile _tensors;
    private readonly JsonDocument _json;

    public GoldenModel(string name, WeightPrecision precision = WeightPrecision.Float32)
    {
        _tensors = SafetensorsFile.Open(Goldens.Path(name, "goldens.safetensors"));
        _json = JsonDocument.Parse(File.ReadAllBytes(Goldens.Path(name, "goldens.json")));
        Loaded = LoadedModel.Open(Goldens.Path(name, "model"), LlocoDevice.Cpu, precision, "tokenizer");
        Loaded.LoadAdapter("adapter", Goldens.Path(name, "adapter"), Loaded.Fingerprint);
    }

    public LoadedModel Loaded { get; }

    public float[] Floats(string tensor) => _tensors.ReadFloats(tensor);

    public int[] Ids(string tensor) => Array.ConvertAll(_tensors.ReadInt64s(tensor), id => (int)id);

    /// <summary>Tokens of a compression, cut as the scenario says.</summary>
    public List<ReadOnlyMemory<int>> Segments(string scenario)
    {
        int[] ids = Ids($"compress.{scenario}.ids");
        JsonElement node = _json.RootElement.GetProperty("compress").EnumerateArray()
            .Single(item => item.GetProperty("name").GetString() == scenario);
        var segments = new List<ReadOnlyMemory<int>>();
        int start = 0;
        foreach (JsonElement count in node.GetProperty("segment_token_counts").EnumerateArray())
        {
            segments.Add(ids.AsMemory(start, count.GetInt32()));
            start += count.GetInt32();
        }

        return segments;
    }

    public AutoCompressor Compressor() => new(Loaded, tokens => [tokens.Length]);

    public LlamaAnswerDecoder Decoder(long prefixBytes = 1 << 20, string? prefixFolder = null) => new(
        Loaded,
        Loaded.Fingerprint,
        tokenizer: null,
        new PrefixCacheOptions { MaxBytes = prefixBytes, Folder = prefixFolder });

    /// <summary>The prompt behind the softprompt of <c>int_segments</c>, whose answer the fixture knows.</summary>
    public DecodeRequest Request(string? adapter, GenerationOptions? options = null) => new(
        [Summary(Floats("compress.int_segments.softprompt"))],
        Ids($"prompt.with_softprompt.{adapter ?? "base"}.ids"),
        adapter,
        options ?? new GenerationOptions { MaxNewTokens = 24 });

    public int[] Answer(string? adapter) => Ids($"prompt.with_softprompt.{adapter ?? "base"}.greedy_ids");

    public SummaryEmbeddings Summary(float[] vectors, string id = "document")
    {
        int width = Loaded.Config.HiddenSize;
        int count = vectors.Length / width;
        return new SummaryEmbeddings(
            id,
            count,
            width,
            SummaryEncoding.Float32,
            SummaryPayload.Encode(vectors, width, SummaryEncoding.Float32),
            [new SegmentSummary(0, 0, 23, 0, count)],
            Loaded.Fingerprint);
    }

    public async ValueTask DisposeAsync()
    {
        await Loaded.DisposeAsync();
        _tensors.Dispose();
        _json.Dispose();
    }
}
