using System.Text.Encodings.Web;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Evaluation;

/// <summary>Writes predictions as the original does: one JSON object, question id to answer, which its evaluators, those of
/// SCROLLS and those of SQuAD read.</summary>
public static class PredictionFile
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a file. An existing file is replaced when the new one is complete.</summary>
    /// <param name="path">The file. Its folder must exist.</param>
    /// <param name="predictions">Question id and answer.</param>
    /// <exception cref="LlocoException">Two questions have one id, so that an evaluator would see only one of them.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, string>> predictions)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(predictions);
        AtomicFile.Write(path, stream =>
        {
            var ids = new HashSet<string>(StringComparer.Ordinal);
            using var json = new Utf8JsonWriter(stream, Options);
            json.WriteStartObject();
            foreach ((string id, string prediction) in predictions)
            {
                if (!ids.Add(id))
                {
                    throw new LlocoException($"Two questions have the id '{id}'. Give each its own to write predictions.");
                }

                json.WriteString(id, prediction);
            }

            json.WriteEndObject();
        });
    }
}
