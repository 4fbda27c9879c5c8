using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Tool;

/// <summary>A model folder with random weights, made once for the tests of the verbs that need one.</summary>
public sealed class RandomModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RandomModel() => ModelFolders.MakeRandom(Folder);

    public string Folder => _folder.PathOf("model");

    public void Dispose() => _folder.Dispose();
}
