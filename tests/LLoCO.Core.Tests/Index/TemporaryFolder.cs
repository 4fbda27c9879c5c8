namespace LLoCO.Core.Tests.Index;

/// <summary>A folder that goes away with the test; deleting it shows, on Windows, that no file stays open.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lloco-index-");

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
