using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Index;
using LLoCO.Core.Trust;
using LLoCO.Postgres;
using LLoCO.Training.Export;
using LLoCO.Training.Memories;
using LLoCO.Training.Probing;

namespace LLoCO.Tool;

/// <summary>Recognizes models, adapters, caches and indexes, and lists their contents.</summary>
internal static class Inspector
{
    private static ReadOnlySpan<byte> SqliteMagic => "SQLite format 3\0"u8;

    /// <summary>Inspects a file or folder.</summary>
    /// <param name="path">The path.</param>
    /// <param name="cancellationToken">Cancels the listing of an index.</param>
    /// <exception cref="LlocoException">It is none of the kinds, or is damaged.</exception>
    public static async Task<Inspection> InspectAsync(string path, CancellationToken cancellationToken)
    {
        if (PostgresAddress.IsAddress(path))
        {
            return await IndexAsync(path, PostgresAddress.Parse(path).ToString(), cancellationToken).ConfigureAwait(false);
        }

        if (Directory.Exists(path))
        {
            return File.Exists(Path.Combine(path, "adapter_config.json"))
                ? KeyValuePrefixFile.IsOne(path) ? PrefixInspection.OfFolder(path) : Adapter(path)
                : File.Exists(Path.Combine(path, LlamaConfigFile.FileName)) || PublishedCompressor.Find(path) is not null
                ? ModelInspection.Create(new ModelPackage(path))
                : throw new LlocoException($"The folder '{path}' holds neither config.json nor adapter_config.json.{Hint(path)}");
        }

        if (!File.Exists(path))
        {
            throw new LlocoException($"'{path}' does not exist.");
        }

        if (IsSqlite(path))
        {
            return await IndexAsync(path, path, cancellationToken).ConfigureAwait(false);
        }

        if (TokenizerInspection.LooksLikeOne(path))
        {
            return TokenizerInspection.OfFile(path);
        }

        using ITensorSource tensors =
            Path.GetExtension(path) == ".safetensors" ? SafetensorsFile.Open(path) : TorchArchive.Open(path);
        return new Inspection(
            new { kind = "tensors", path, numbers = Count(tensors), tensors = Rows(tensors) },
            $"tensors: {tensors.Tensors.Count}, {Count(tensors):N0} numbers\n{Table(tensors)}");
    }

    /// <summary>Counts the numbers of all tensors.</summary>
    internal static long Count(ITensorSource tensors) => tensors.Tensors.Values.Sum(Numbers);

    /// <summary>Lists the tensors for scripts.</summary>
    internal static IEnumerable<object> Rows(ITensorSource tensors) => [.. Ordered(tensors).Select(
        tensor => new { name = tensor.Name, type = tensor.ElementType, shape = tensor.Shape })];

    /// <summary>Lists the tensors for people.</summary>
    internal static string Table(ITensorSource tensors) => string.Join('\n', Ordered(tensors).Select(
        tensor => $"  {tensor.Name} {tensor.ElementType} [{string.Join(", ", tensor.Shape)}]"));

    private static string Hint(string path)
    {
        string? inside = Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal)
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, LlamaConfigFile.FileName)));
        return inside is not null ? $" One folder in it does: lloco inspect {inside}"
            : Directory.EnumerateFiles(path, "*.gguf").Any()
                ? " It holds GGUF files (llama.cpp), which are not read: fetch the checkpoint that they were made from."
            : " Fetch the whole model: hf download NAME --local-dir FOLDER";
    }

    private static Inspection Adapter(string path)
    {
        using PeftAdapterFolder adapter = PeftAdapterFolder.Open(path);
        PeftAdapterConfig config = adapter.Config;
        return new Inspection(
            new { kind = "adapter", path, config, parameters = Count(adapter.Tensors), tensors = Rows(adapter.Tensors) },
            $"""
            adapter: r {config.Rank}, alpha {config.Alpha}, {Count(adapter.Tensors):N0} parameters
            targets: {string.Join(", ", config.TargetModules)}
            base:    {config.BaseModel ?? "not named"}
            {Table(adapter.Tensors)}
            """);
    }

    private static async Task<Inspection> IndexAsync(string name, string path, CancellationToken cancellationToken)
    {
        await using IRetrievalIndex index = await IndexArguments.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        ModelFingerprint? fingerprint = await index.LoadFingerprintAsync(cancellationToken).ConfigureAwait(false);
        var documents = new List<DocumentRecord>();
        var fidelities = new Dictionary<string, DocumentFidelity>(StringComparer.Ordinal);
        await foreach (DocumentRecord document in index.ListAsync(null, cancellationToken).ConfigureAwait(false))
        {
            documents.Add(document);
            if (await index.LoadFidelityAsync(document.Id, cancellationToken).ConfigureAwait(false) is { } fidelity)
            {
                fidelities.Add(document.Id, fidelity);
            }
        }

        string unit = fingerprint?.FindMemoryKind() == MemoryKind.KeyValue ? "key/value slots" : "summary embeddings";
        return new Inspection(
            new { kind = "index", path, memory = fingerprint?.FindMemoryKind(), fingerprint = fingerprint?.ToString(), documents, fidelity = fidelities },
            $"index: {documents.Count} documents as {unit} of {fingerprint?.ToString() ?? "no model yet"}"
            + string.Concat(documents.Select(document =>
                $"\n  {document.Id} [{document.Group}]: {document.Tokens} tokens, {document.SummaryCount} {unit}, "
                + $"{document.Segments} segments" + Describe(fidelities.GetValueOrDefault(document.Id)))));
    }

    private static string Describe(DocumentFidelity? fidelity)
    {
        if (fidelity is null)
        {
            return string.Empty;
        }

        IEnumerable<string> segments = fidelity.Segments.Select(segment => segment.Probes == 0
            ? "-"
            : segment.Score.ToString("F2", CultureInfo.InvariantCulture));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"; fidelity {fidelity.Score:F2}{(fidelity.IsMarked ? ", marked" : string.Empty)} over {fidelity.Probes} probes")
            + $"\n    by segment: {string.Join(' ', segments)}";
    }

    private static bool IsSqlite(string path)
    {
        Span<byte> start = stackalloc byte[SqliteMagic.Length];
        if (!TextFile.HasContent(path))
        {
            throw new LlocoException($"'{path}' is empty, or no file but a pipe or a device.");
        }

        using FileStream stream = File.OpenRead(path);
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && start.SequenceEqual(SqliteMagic);
    }

    private static long Numbers(TensorInfo tensor) => tensor.Shape.Aggregate(1L, (product, size) => product * size);

    private static IEnumerable<TensorInfo> Ordered(ITensorSource tensors) =>
        tensors.Tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal);
}
