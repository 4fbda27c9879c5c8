using LLoCO.Core;
using LLoCO.Training.Export;

namespace LLoCO.Tool.Verbs;

/// <summary>Writes an export and says what is in it.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="console">Where the result goes.</param>
/// <param name="folder">The folder to write.</param>
internal sealed class ExportRun(LlocoPipeline pipeline, ToolConsole console, string folder)
{
    /// <summary>Writes summary embeddings and requests for vLLM.</summary>
    /// <param name="options">What to write.</param>
    /// <param name="cancellationToken">Cancels before the files are written.</param>
    public async Task WriteVllmAsync(VllmExportOptions options, CancellationToken cancellationToken)
    {
        VllmExportResult written = await VllmExport.WriteAsync(pipeline, folder, options, cancellationToken).ConfigureAwait(false);
        console.Result(
            new
            {
                document = options.DocumentId, folder, tokens = written.Tokens, width = written.Width, adapter = written.Adapter,
                files = written.Files,
            },
            $"{options.DocumentId}: {written.Tokens} summary embeddings of width {written.Width}, adapter {written.Adapter ?? "none"}; "
            + $"README.md in {folder} says how to start the server");
    }

    /// <summary>Writes keys and values for PEFT.</summary>
    /// <param name="document">The document; <see langword="null"/> for the adapter itself.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="cancellationToken">Cancels before the work starts.</param>
    public async Task WriteCartridgeAsync(string? document, string? adapter, CancellationToken cancellationToken)
    {
        KeyValuePrefixFile written =
            await CartridgeExport.WriteAsync(pipeline, folder, document, adapter, cancellationToken).ConfigureAwait(false);
        console.Result(
            new { document, folder, prefix = written },
            $"{document ?? adapter}: {written.Tokens} positions of {written.Layers} layers as {written.Kind} in {folder}");
    }
}
