using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Pipeline.Building;

/// <summary>A model folder with a <c>projector.safetensors</c>: its summary embeddings pass it, whoever builds the pipeline.</summary>
public sealed class ModelProjectorTests : IDisposable
{
    private const int Width = 32;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Build_FolderWithAProjector_StoresWhatItMakesOfTheVectors()
    {
        ModelFolders.MakeRandom(_folder.PathOf("plain"));
        ModelFolders.MakeRandom(_folder.PathOf("doubled"));
        Write("doubled", Width, 2);
        await using LlocoPipeline plain = await BuildAsync("plain", "plain.db");
        await using LlocoPipeline doubled = await BuildAsync("doubled", "doubled.db");
        await using LlocoPipeline sharing = await LlocoPipeline.CreateBuilder(doubled).BuildAsync(Cancel);

        float[] expected = await VectorsAsync(plain);

        Assert.Equal("identity", plain.Fingerprint.Projector);
        Assert.StartsWith("linear", doubled.Fingerprint.Projector, StringComparison.Ordinal);
        Assert.Equal(doubled.Fingerprint, sharing.Fingerprint);
        Assert.All(expected.Zip(await VectorsAsync(doubled)), pair => Assert.Equal(2 * pair.First, pair.Second, 1e-5f));
        Assert.Equal(await VectorsAsync(doubled), await VectorsAsync(sharing));
        await Assert.ThrowsAnyAsync<LlocoException>(() => BuildAsync("doubled", "plain.db"));
    }

    [Fact]
    public async Task Build_ProjectorOfAnotherWidth_SaysSo()
    {
        ModelFolders.MakeRandom(_folder.PathOf("wrong"));
        Write("wrong", Width / 2, 1);

        LlocoConfigurationException error = await Assert.ThrowsAsync<LlocoConfigurationException>(() => BuildAsync("wrong", "a.db"));

        Assert.Contains("width 16", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Writes a multiple of the identity.</summary>
    private void Write(string model, int width, float factor)
    {
        float[] numbers = new float[width * width];
        for (int i = 0; i < width; i++)
        {
            numbers[(i * width) + i] = factor;
        }

        using Tensor map = tensor(numbers, [width, width]);
        StageCheckpoint.WriteTensors(Path.Combine(_folder.PathOf(model), "projector.safetensors"), [("projector.weight", map)], null);
    }

    private Task<LlocoPipeline> BuildAsync(string model, string index) => LlocoPipeline.CreateBuilder()
        .UseModel(new ModelPackage(_folder.PathOf(model))).UseIndex(_folder.PathOf(index)).UseStorage(SummaryEncoding.Float32)
        .BuildAsync(Cancel);

    private static async Task<float[]> VectorsAsync(LlocoPipeline pipeline)
    {
        IngestResult result = await pipeline.IngestAsync([new SourceDocument("a", "The captain saw the storm.")], null, Cancel).SingleAsync(Cancel);
        result.EnsureSuccess();
        SummaryEmbeddings summary = (await pipeline.Index.LoadSummaryAsync("a", Cancel))!;
        return SummaryPayload.Decode(summary);
    }
}
