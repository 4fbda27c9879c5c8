using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Evaluation;

/// <summary>The answers of an evaluation as JSON lines: each is written at once, and they are read when the evaluation is started
/// again, so that no question is repeated.</summary>
/// <remarks>
/// A line is one <see cref="EvaluatedQuestion"/>, or <c>{"settings": {…}}</c>: what the answers depend on besides the question
/// (fingerprint, prompt, adapters). A killed process leaves at most one incomplete line, which the next process removes. One
/// process at a time; not safe for concurrent use.
/// </remarks>
public sealed class EvaluationResultsFile : IDisposable
{
    private const string SettingsKey = "settings";

    private static readonly byte[] FirstBytes = Encoding.UTF8.GetBytes($"{{\"{SettingsKey}\":");

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly Dictionary<(string Data, string Row, string Id), EvaluatedQuestion> _finished = [];
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);
    private readonly FileStream _stream;
    private readonly string _path;

    private EvaluationResultsFile(FileStream stream, string path) => (_stream, _path) = (stream, path);

    /// <summary>Opens a file, or makes it.</summary>
    /// <param name="path">The file. Its folder must exist.</param>
    /// <param name="settings">What the answers depend on, by name; keys that an earlier run did not have are added.</param>
    /// <returns>The file.</returns>
    /// <exception cref="LlocoException">It holds something else, its answers were made under other settings, or another process
    /// has it open.</exception>
    public static EvaluationResultsFile Open(string path, IReadOnlyDictionary<string, string> settings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(settings);
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LlocoException($"The results file '{path}' cannot be opened: {error.Message}", error);
        }

        var file = new EvaluationResultsFile(stream, path);
        try
        {
            file.Read();
            file.Agree(settings);
            return file;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Finds the answer of an earlier run.</summary>
    /// <param name="question">Data set, row, id and digest of the question.</param>
    /// <returns>The answer, or <see langword="null"/>.</returns>
    /// <exception cref="LlocoException">The answer found is that of another question.</exception>
    public EvaluatedQuestion? Find(EvaluatedQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (!_finished.TryGetValue((question.Data, question.Row, question.Id), out EvaluatedQuestion? finished))
        {
            return null;
        }

        return finished.Digest == question.Digest
            ? finished
            : throw new LlocoException(
                $"The results file '{_path}' was made from other data: its question '{question.Id}' is not the one asked now. "
                + "Name another results file, or delete this one.");
    }

    /// <summary>Writes an answer. When this returns, the operating system has it.</summary>
    /// <param name="question">The answer.</param>
    public void Add(EvaluatedQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        _finished[(question.Data, question.Row, question.Id)] = question;
        Append(question);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void Append(object line)
    {
        _stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, Options) + "\n"));
        _stream.Flush();
    }

    private void Read()
    {
        if (!_stream.CanSeek || (_stream.Length == 0 && _stream.ReadByte() >= 0))
        {
            throw new LlocoException($"'{_path}' is a pipe or a device. Name a file for the results.");
        }

        long end = EndOfWholeLines();
        _stream.Position = 0;
        long number = 0;
        foreach ((byte[] line, bool isEnded) in ByteLines.Read(_stream, _path))
        {
            if (!isEnded)
            {
                break;
            }

            number++;
            try
            {
                Take(line);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                throw new LlocoException(
                    $"'{_path}', line {number}, is not a line of a results file. Name another file. ({JsonFaults.Describe(error)})", error);
            }
        }

        _stream.SetLength(end);
        _stream.Position = end;
    }

    private void Take(byte[] line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        if (json.RootElement.ValueKind == JsonValueKind.Object
            && json.RootElement.TryGetProperty(SettingsKey, out JsonElement settings))
        {
            foreach ((string key, string value) in settings.Deserialize<Dictionary<string, string>>() ?? [])
            {
                _settings[key] = value;
            }

            return;
        }

        EvaluatedQuestion question = json.Deserialize<EvaluatedQuestion>(Options)
            ?? throw new JsonException("null is no answer.");
        _finished[(question.Data, question.Row, question.Id)] = question;
    }

    // Text after the last line break was cut off by a crash and is removed; a file of another kind is not changed.
    private long EndOfWholeLines()
    {
        // No line is longer than ByteLines allows, so a file without line ends is not read to its start.
        var block = new byte[1 << 16];
        long least = Math.Max(0, _stream.Length - ByteLines.MaxBytes - 1);
        for (long start = _stream.Length; start > least;)
        {
            int length = (int)Math.Min(block.Length, start - least);
            start -= length;
            _stream.Position = start;
            _stream.ReadExactly(block, 0, length);
            int place = Array.LastIndexOf(block, (byte)'\n', length - 1, length);
            if (place >= 0)
            {
                return start + place + 1;
            }
        }

        var first = new byte[Math.Min(_stream.Length, FirstBytes.Length)];
        _stream.Position = 0;
        _stream.ReadExactly(first);
        return least == 0 && FirstBytes.AsSpan().StartsWith(first)
            ? 0
            : throw new LlocoException($"'{_path}' is not a results file. Name another file.");
    }

    private void Agree(IReadOnlyDictionary<string, string> settings)
    {
        var added = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in settings)
        {
            if (!_settings.TryGetValue(key, out string? before))
            {
                added[key] = value;
            }
            else if (before != value)
            {
                throw new LlocoException(
                    $"The results file '{_path}' was made with another {key}: '{before}', now '{value}'. "
                    + "Name another results file, or delete this one.");
            }
        }

        if (added.Count > 0)
        {
            Append(new { settings = added });
        }
    }
}
