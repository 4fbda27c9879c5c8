using System.Text.Json;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Trust;

/// <summary>What small files beside a model have in common: a version, the model's fingerprint and one object of named
/// entries.</summary>
/// <param name="name">The file's name in its folder.</param>
/// <param name="entries">The key of the entries.</param>
/// <param name="maxBytes">A larger file is refused.</param>
/// <param name="absent">What <see langword="null"/> in the place of an entry is not.</param>
internal sealed class FingerprintedFile(string name, string entries, int maxBytes, string absent)
{
    private const int Version = 1;

    /// <summary>Reads the file of a folder.</summary>
    /// <typeparam name="T">What an entry is.</typeparam>
    /// <param name="folder">The folder.</param>
    /// <param name="entry">Reads one entry.</param>
    /// <returns>Model and entries, or <see langword="null"/> where the folder has no such file.</returns>
    /// <exception cref="CheckpointFormatException">The file is there but is not what it must be.</exception>
    internal (ModelFingerprint Fingerprint, IReadOnlyDictionary<string, T> Entries)? Read<T>(string folder, Func<JsonFields, T> entry)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string file = Path.Combine(folder, name);
        if (!File.Exists(file))
        {
            return null;
        }

        using JsonDocument json = JsonFile.Read(file, maxBytes);
        var fields = new JsonFields(file, json.RootElement);
        fields.Int("version", Version, Version);
        string fingerprint = fields.Text("fingerprint") ?? throw fields.Fault("fingerprint", "the key is missing");
        try
        {
            JsonFields named = fields.Child(entries) ?? throw fields.Fault(entries, "the key is missing");
            return (
                ModelFingerprint.Parse(fingerprint),
                named.Object.EnumerateObject().ToDictionary(
                    one => one.Name, one => entry(named.Child(one.Name) ?? throw named.Fault(one.Name, absent)), StringComparer.Ordinal));
        }
        catch (FormatException error)
        {
            throw fields.Fault("fingerprint", error.Message);
        }
    }

    /// <summary>Writes the file, in place of one that is there.</summary>
    /// <typeparam name="T">What an entry is.</typeparam>
    /// <param name="folder">The folder; must exist.</param>
    /// <param name="fingerprint">The model.</param>
    /// <param name="written">The entries; written in the order of their names.</param>
    /// <param name="entry">Writes one entry, an object.</param>
    internal void Write<T>(
        string folder, ModelFingerprint fingerprint, IReadOnlyDictionary<string, T> written, Action<Utf8JsonWriter, T> entry)
    {
        ArgumentNullException.ThrowIfNull(folder);
        AtomicFile.Write(Path.Combine(folder, name), stream =>
        {
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteString("fingerprint", fingerprint.ToString());
            writer.WriteStartObject(entries);
            foreach ((string key, T value) in written.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                writer.WritePropertyName(key);
                entry(writer, value);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }
}
