using System.Reflection;
using System.Text;
using LLoCO.Core;

namespace LLoCO.Models.Tiny;

/// <summary>The small models that this package ships.</summary>
/// <remarks>
/// All members are safe for concurrent use. The files are in this assembly. The first use of a model on a machine writes them to the
/// user's local application data (or, where that cannot be written, to the temporary folder), in a folder named by their hash; later
/// uses, and other processes, find them there.
/// </remarks>
public static class TinyModel
{
    private static readonly Lazy<ModelPackage> LazyPackage = new(() => Unpack("model", "tiny"));
    private static readonly Lazy<ModelPackage> LazyOpenPackage = new(() => Unpack("open", "tiny-open"));

    /// <summary>Gets the default model, with its compressor, tokenizer, prompts and one adapter per group. It compresses about 32x and
    /// knows the words of its practice corpus alone.</summary>
    /// <exception cref="LlocoException">Neither folder can be written.</exception>
    public static ModelPackage Package => LazyPackage.Value;

    /// <summary>Gets the model of an open vocabulary, with its compressor, projector and tokenizer, without adapters. It compresses about
    /// 8x and finds, in part, names and values that it has never seen.</summary>
    /// <remarks>docs/model-card.md says how often it does.</remarks>
    /// <exception cref="LlocoException">Neither folder can be written.</exception>
    public static ModelPackage OpenPackage => LazyOpenPackage.Value;

    /// <summary>Takes the default model.</summary>
    /// <param name="builder">The builder of the pipeline.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="LlocoException">The model's files cannot be written anywhere.</exception>
    public static LlocoPipelineBuilder UseTinyModel(this LlocoPipelineBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseModel(Package);
    }

    /// <summary>Takes the model of an open vocabulary (<see cref="OpenPackage"/>).</summary>
    /// <param name="builder">The builder of the pipeline.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="LlocoException">The model's files cannot be written anywhere.</exception>
    public static LlocoPipelineBuilder UseTinyOpenModel(this LlocoPipelineBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseModel(OpenPackage);
    }

    private static ModelPackage Unpack(string set, string name)
    {
        Assembly assembly = typeof(TinyModel).Assembly;
        string prefix = set + "/";
        Dictionary<string, Func<Stream>> files = assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(
                resource => resource[prefix.Length..], resource => (Func<Stream>)(() => assembly.GetManifestResourceStream(resource)!));
        string local = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        string[] roots =
            [.. new[] { local, Path.GetTempPath() }.Where(Path.IsPathRooted).Select(root => Path.Combine(root, "lloco"))];
        return new ModelPackage(EmbeddedFolder.Unpack(files, name, roots, Hashes(assembly, prefix)), name);
    }

    /// <summary>Reads what the build computed: a line for each file, of its hash and its path.</summary>
    private static Dictionary<string, byte[]> Hashes(Assembly assembly, string prefix)
    {
        using Stream stream = assembly.GetManifestResourceStream("hashes")!;
        byte[] text = new byte[stream.Length];
        stream.ReadExactly(text);
        var hashes = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string line in Encoding.UTF8.GetString(text).TrimStart('\uFEFF').ReplaceLineEndings("\n").TrimEnd().Split('\n'))
        {
            string path = line[65..].Replace('\\', '/');
            if (path.StartsWith(prefix, StringComparison.Ordinal))
            {
                hashes.Add(path[prefix.Length..], Convert.FromHexString(line.AsSpan(0, 64)));
            }
        }

        return hashes;
    }
}
