using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Training.SelfStudy;

/// <summary>
/// Replies of teachers, kept in a file of JSON lines: no request is repeated, and an interrupted run continues where it stopped.
/// </summary>
/// <remarks>
/// A line is written and flushed to disk as soon as a request is answered; half a last line, as a power cut leaves it, is cut off
/// when the file is opened. The key is made of the prompt with the text in it, the seed, the number of pairs and the teacher's
/// fingerprint, so a changed document or prompt is asked about again. Raw replies are kept, because the filter may change between
/// runs. Safe for concurrent use; one process at a time.
/// </remarks>
public sealed class StudyCache : IDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Dictionary<string, IReadOnlyList<TeacherReply>> _replies = new(StringComparer.Ordinal);
    private readonly FileStream? _file;
    private readonly Lock _gate = new();

    private StudyCache(FileStream? file) => _file = file;

    /// <summary>Gets the requests whose replies are held.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _replies.Count;
            }
        }
    }

    /// <summary>Makes a cache that ends with the process.</summary>
    /// <returns>An empty cache.</returns>
    public static StudyCache InMemory() => new(null);

    /// <summary>Opens a file, or makes it.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <returns>The cache with all replies that the file holds.</returns>
    /// <exception cref="LlocoException">The file cannot be opened, is in use, or holds a line that is none of a
    /// cache.</exception>
    public static StudyCache Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var cache = new StudyCache(OpenFile(path));
        try
        {
            if (!cache._file!.CanSeek || (cache._file.Length == 0 && cache._file.ReadByte() >= 0))
            {
                throw new LlocoException($"The self-study cache '{path}' is a pipe or a device. Name a file.");
            }

            cache.Load(path);
            return cache;
        }
        catch
        {
            cache.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LlocoException(
                $"The self-study cache '{path}' cannot be opened: {error.Message} One process at a time may use it.", error);
        }
    }

    /// <summary>The key of a request.</summary>
    internal static string KeyOf(string teacher, TeacherRequest request)
    {
        string whole = JsonSerializer.Serialize(
            new { teacher, request.Prompt, request.Count, request.Seed, request.GreedyAfter }, Json);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole)));
    }

    /// <summary>Finds the replies to a request.</summary>
    internal IReadOnlyList<TeacherReply>? Find(string key)
    {
        lock (_gate)
        {
            return _replies.GetValueOrDefault(key);
        }
    }

    /// <summary>Keeps the replies to a request; when this returns they are on the disk.</summary>
    internal void Add(string key, IReadOnlyList<TeacherReply> replies)
    {
        lock (_gate)
        {
            if (_file is not null)
            {
                byte[] line = JsonSerializer.SerializeToUtf8Bytes(Line.From(key, replies), Json);
                _file.Write([.. line, (byte)'\n']);
                _file.Flush(flushToDisk: true);
            }

            _replies[key] = replies;
        }
    }

    private void Load(string path)
    {
        long whole = 0;
        int number = 0;
        foreach ((byte[] bytes, bool isEnded) in ByteLines.Read(_file!, path))
        {
            if (!isEnded)
            {
                break;
            }

            number++;
            Line? line;
            try
            {
                line = JsonSerializer.Deserialize<Line>(bytes, Json);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                throw Fault(path, number, JsonFaults.Describe(error) + ".", error);
            }

            if (line is null || line.Fault() is { })
            {
                throw Fault(path, number, line?.Fault() ?? "null", null);
            }

            _replies[line.Key!] = line.ToReplies();
            whole += bytes.Length + 1;
        }

        // Text after the last complete line was being written when the process ended.
        _file!.SetLength(whole);
        _file.Seek(0, SeekOrigin.End);
    }

    private static LlocoException Fault(string path, int line, string what, Exception? error) => new(
        $"The self-study cache '{path}' is damaged in line {line}: {what} Delete that line, or the file to ask everything again.",
        error);

    private sealed record Line(string? Key, IReadOnlyList<Reply>? Replies)
    {
        public static Line From(string key, IReadOnlyList<TeacherReply> replies) => new(key, [.. replies.Select(Reply.From)]);

        public string? Fault() => string.IsNullOrEmpty(Key) ? "'key' is missing."
            : Replies is null || Replies.Any(reply => reply?.Text is null) ? "'replies' or a text in them is missing."
            : Replies.Any(reply => reply.Tokens?.Any(token => token?.IsWhole(reply.Text!.Length) != true) == true) ? "a token is broken."
            : null;

        public IReadOnlyList<TeacherReply> ToReplies() =>
            [.. Replies!.Select(reply =>
                new TeacherReply(reply.Text!, [.. (reply.Tokens ?? []).Select(token => token.ToToken())]))];
    }

    private sealed record Reply(string? Text, IReadOnlyList<Token>? Tokens)
    {
        public static Reply From(TeacherReply reply) =>
            new(reply.Text, reply.Tokens.Count == 0 ? null : [.. reply.Tokens.Select(Token.From)]);
    }

    /// <summary>A token with short names, since a file holds many: id, start, log-probability, likeliest ids and
    /// theirs.</summary>
    private sealed record Token(int I, int S, float P, int[]? T, float[]? L)
    {
        public static Token From(ReplyToken token) =>
            new(token.Id, token.Start, token.LogProbability, [.. token.TopIds], [.. token.TopLogProbabilities]);

        public bool IsWhole(int length) =>
            I >= 0 && S >= 0 && S <= length && float.IsFinite(P) && (T?.Length ?? 0) == (L?.Length ?? 0)
            && (T ?? []).All(id => id >= 0) && (L ?? []).All(float.IsFinite);

        public ReplyToken ToToken() => new(I, S, P, T ?? [], L ?? []);
    }
}
