using System.Reflection;
using System.Text;
using LLoCO.Core;

namespace LLoCO.Models.Tiny;

/// <summary>The small model that this package ships, with its compressor, tokenizer, prompts and one adapter per group.</summary>
/// <remarks>All members are safe for concurrent use.</remarks>
public static class TinyModel
{
    private const string Prefix = "model/";

    private static readonly Lazy<ModelPackage> LazyPackage = new(Unpack);

    /// <summary>Gets the model.</summary>
    /// <remarks>
    /// Its files are in this assembly. The first use on a machine writes them to the user's local application data
    /// (or, where that cannot be written, to the temporary folder), in a folder named by their hash; later uses, and other
    /// processes, find them there.
    /// </remarks>
    /// <exception cref="LlocoException">Neither folder can be written.</exception>
    public static ModelPackage Package => LazyPackage.Value;

    /// <summary>Takes this package's model.</summary>
    /// <param name="builder">The builder of the pipeline.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="LlocoException">The model's files cannot be written anywhere.</exception>
    public static LlocoPipelineBuilder UseTinyModel(this LlocoPipelineBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseModel(Package);
    }

    private static ModelPackage Unpack()
    {
        Assembly assembly = typeof(TinyModel).Assembly;
        Dictionary<string, Func<Stream>> files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..], name => (Func<Stream>)(() => assembly.GetManifestResourceStream(name)!));
        string local = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        string[] roots =
            [.. new[] { local, Path.GetTempPath() }.Where(Path.IsPathRooted).Select(root => Path.Combine(root, "lloco"))];
        return new ModelPackage(EmbeddedFolder.Unpack(files, "tiny", roots, Hashes(assembly)), "tiny");
    }

    /// <summary>Reads what the build computed: a line for each file, of its hash and its path.</summary>
    private static Dictionary<string, byte[]> Hashes(Assembly assembly)
    {
        using Stream stream = assembly.GetManifestResourceStream("hashes")!;
        byte[] text = new byte[stream.Length];
        stream.ReadExactly(text);
        var hashes = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string line in Encoding.UTF8.GetString(text).TrimStart('\uFEFF').ReplaceLineEndings("\n").TrimEnd().Split('\n'))
        {
            hashes.Add(line[65..].Replace('\\', '/'), Convert.FromHexString(line.AsSpan(0, 64)));
        }

        return hashes;
    }
}
