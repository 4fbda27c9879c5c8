using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LLoCO.Tool;

/// <summary>The input and output of a run: results go to <see cref="Out"/>, everything else to <see cref="Error"/>.</summary>
internal sealed class ToolConsole(TextReader input, TextWriter output, TextWriter error) : IDisposable
{
    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Gets standard input.</summary>
    public TextReader In => input;

    /// <summary>Gets where results go.</summary>
    public TextWriter Out => output;

    /// <summary>Gets the output for progress, logs and errors.</summary>
    public TextWriter Error => error;

    /// <summary>Gets whether results go to a terminal, where a person reads them, rather than to a file or a program.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool IsTerminal { get; init; }

    /// <summary>Gets the columns of the terminal that <see cref="Error"/> is; 0 where it is none, or none whose lines can be rewritten.</summary>
    /// <value>Default 0.</value>
    public int ErrorWidth { get; init; }

    /// <summary>Gets what says when lines of progress are due.</summary>
    /// <value>Default the system's clock.</value>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Gets or sets whether results are JSON.</summary>
    public bool Json { get; set; }

    /// <summary>Gets or sets whether errors show their stack.</summary>
    public bool Verbose { get; set; }

    /// <summary>Writes a result: one line of JSON, or the text a person reads.</summary>
    /// <param name="json">The object with the keys that scripts read.</param>
    /// <param name="text">The text.</param>
    public void Result(object json, string text) => output.WriteLine(Json ? ToJson(json) : text);

    /// <summary>Writes one line of JSON, regardless of <see cref="Json"/>.</summary>
    /// <param name="json">The object.</param>
    public void JsonLine(object json) => output.WriteLine(ToJson(json));

    /// <summary>Writes an error in one line; the stack only if requested.</summary>
    /// <param name="failure">The error.</param>
    public void Fail(Exception failure) => error.WriteLine("lloco: " + (Verbose ? failure.ToString() : CommandWords.Translate(failure.Message)));

    /// <inheritdoc/>
    public void Dispose() => output.Flush();

    private static string ToJson(object json) => JsonSerializer.Serialize(json, JsonOptions);
}
