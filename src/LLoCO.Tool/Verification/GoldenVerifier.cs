using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Runtime;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verification;

/// <summary>
/// Recomputes every number of a golden case with this library: the same files must give the same numbers as the original
/// Python code. A value that differs, is missing or was not run fails by name.
/// </summary>
public static class GoldenVerifier
{
    /// <summary>Name of the file that lists a case's scenarios.</summary>
    public const string ScenarioFile = "goldens.json";

    private const string TensorFile = "goldens.safetensors";

    /// <summary>Verifies one case.</summary>
    /// <param name="folder">Folder with <c>goldens.json</c>, <c>goldens.safetensors</c>, the model and its adapters.</param>
    /// <param name="device">Where to compute. Default: the CPU.</param>
    /// <param name="cancellationToken">Checked between passes.</param>
    /// <returns>One row per kind of value.</returns>
    /// <exception cref="CheckpointFormatException">The folder is no golden case, or its model cannot be loaded.</exception>
    public static async Task<IReadOnlyList<GoldenRow>> VerifyAsync(
        string folder, LlocoDevice device = default, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, ScenarioFile);
        string model;
        using (JsonDocument json = Read(path))
        {
            try
            {
                model = Path.Combine(folder, Path.GetFileName(new GoldenNode(json.RootElement, "")["model"].Text()));
            }
            catch (GoldenFault fault)
            {
                throw new CheckpointFormatException(path, key: null, fault.Message, fault);
            }
        }

        // The fixtures were computed in float32 for every format of their weights.
        ModelProbe loaded = ModelProbe.Open(model, device, WeightPrecision.Float32, "golden", cancellationToken);
        await using (loaded.ConfigureAwait(false))
        {
            return await VerifyAsync(folder, model, loaded, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Verifies one case with a model that is loaded.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="model">Folder of its model.</param>
    /// <param name="loaded">The model.</param>
    /// <param name="cancellationToken">Checked between passes.</param>
    /// <returns>One row per kind of value.</returns>
    internal static async Task<IReadOnlyList<GoldenRow>> VerifyAsync(
        string folder, string model, ModelProbe loaded, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, ScenarioFile);
        using JsonDocument json = Read(path);
        var root = new GoldenNode(json.RootElement, "");
        using SafetensorsFile source = SafetensorsFile.Open(Path.Combine(folder, TensorFile));
        var tensors = new GoldenTensors(source);
        GoldenReport report;
        try
        {
            report = new GoldenReport(root["case"].Text());
            root["model"].Text();
        }
        catch (GoldenFault fault)
        {
            throw new CheckpointFormatException(path, key: null, fault.Message, fault);
        }

        var golden = new GoldenCase(folder, tensors, loaded, report);
        Guard(report, "case", () => CompareFixture(golden, root, model));
        await RunAllAsync(golden, root, "compress", CompressScenario.RunAsync, cancellationToken).ConfigureAwait(false);
        await RunAllAsync(golden, root, "prompts", PromptScenario.RunAsync, cancellationToken).ConfigureAwait(false);
        await RunAllAsync(golden, root, "sft", TrainingScenario.RunAsync, cancellationToken).ConfigureAwait(false);
        await RunAllAsync(golden, root, "caches", CacheScenario.RunAsync, cancellationToken).ConfigureAwait(false);
        foreach (string name in root.Unused())
        {
            report.Fail(GoldenKind.Fixture, name, "is in goldens.json, but was not run");
        }

        foreach (string name in tensors.Unused)
        {
            report.Fail(GoldenKind.Fixture, name, "is in goldens.safetensors, but was not compared");
        }

        return report.Rows;
    }

    private static void CompareFixture(GoldenCase golden, GoldenNode root, string model)
    {
        GoldenReport report = golden.Report;
        foreach (string description in (string[])["about", "source", "notes", "repeat_kv_replaced"])
        {
            root[description].Ignore();
        }

        report.Compare(GoldenKind.Fixture, "format", [root["format"].Integer()], [1]);
        report.Compare(GoldenKind.Fixture, "compute_dtype", root["compute_dtype"].Text(), "float32");
        using (CheckpointFolder files = CheckpointFolder.Open(model))
        {
            string stored = files.Tensors["model.embed_tokens.weight"].ElementType.ToString().ToLowerInvariant();
            report.Compare(GoldenKind.Fixture, "stored_dtype", root["stored_dtype"].Text(), stored);
        }

        foreach (GoldenNode adapter in root["adapters"].Items)
        {
            string name = adapter.Text();
            golden.Loaded.LoadAdapter(name, Path.Combine(golden.Folder, Path.GetFileName(name)));
        }

        GoldenNode checks = root["self_checks_max_abs_difference"];
        foreach (string name in checks.Fields)
        {
            GoldenKind kind = name.EndsWith("llama_cpp", StringComparison.Ordinal) ? GoldenKind.LlamaCppChecks : GoldenKind.SelfChecks;
            report.Compare(kind, checks[name].Path, checks[name].Number(), 0);
        }
    }

    private static async Task RunAllAsync(
        GoldenCase golden,
        GoldenNode root,
        string scenarios,
        Func<GoldenCase, GoldenNode, CancellationToken, Task> run,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<GoldenNode> nodes = [];
        Guard(golden.Report, scenarios, () => nodes = root[scenarios].Items);
        foreach (GoldenNode node in nodes)
        {
            try
            {
                await run(golden, node, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is LlocoException or ArgumentException or OverflowException or ExternalException)
            {
                // The values after the fault were not run either, but only the fault is reported.
                golden.Report.Fail(GoldenKind.Fixture, node.Path, error.Message);
                node.Ignore();
            }
        }
    }

    private static void Guard(GoldenReport report, string name, Action action)
    {
        try
        {
            action();
        }
        catch (LlocoException error)
        {
            report.Fail(GoldenKind.Fixture, name, error.Message);
        }
    }

    /// <summary>Reads the scenarios. Each text in them is decoded here, so that no broken one is met later.</summary>
    private static JsonDocument Read(string path)
    {
        try
        {
            byte[] json = Encoding.UTF8.GetBytes(TextFile.Read(path));
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                _ = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? reader.GetString() : null;
            }

            return JsonDocument.Parse(json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CheckpointFormatException(path, key: null, "is not JSON: " + JsonFaults.Describe(error), error);
        }
        catch (LlocoException error)
        {
            throw new CheckpointFormatException(path, key: null, "cannot be read; is the folder a golden case? " + error.Message, error);
        }
    }
}
