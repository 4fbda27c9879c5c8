using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Tool.Verification;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Families;

/// <summary>Parity of every family with reference numbers: a plain float64 implementation, compared with llama.cpp.</summary>
public sealed class FamilyGoldensTests
{
    private const float LogitTolerance = 5e-4f;

    public static TheoryData<string> Cases => ["llama32", "mistral", "qwen2", "qwen3", "smollm3", "granite", "gemma3", "phi4mini"];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task VerifyAsync_Family_AllNumbersAgree(string name)
    {
        IReadOnlyList<GoldenRow> rows = await GoldenVerifier.VerifyAsync(
            Folder(name), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(rows.SelectMany(row => row.Failures));
        Assert.All(rows, row => Assert.True(row.Ok && row.MaxAbsDiff <= row.Tolerance && row.Compared > 0, row.Kind));
        Assert.Superset(
            new HashSet<string> { "prompt.prefill_logits", "prompt.decode_logits", "prompt.greedy_ids", "prompt.stop_at" },
            rows.Select(row => row.Kind).ToHashSet());
    }

    /// <summary>The verifier reads prompts through the inference pass; training runs through plain operators.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_Family_GivesTheReferenceLogits(string name)
    {
        using SafetensorsFile goldens = SafetensorsFile.Open(Path.Combine(Folder(name), "goldens.safetensors"));
        string folder = Path.Combine(Folder(name), "model");
        using CheckpointFolder source = CheckpointFolder.Open(folder);
        LlamaConfig config = LlamaConfigFile.Read(Path.Combine(folder, LlamaConfigFile.FileName));
        using var model = new LlamaModel(LlamaWeights.Load(source, config, ScalarType.Float32, CPU, folder, cancellationToken: TestContext.Current.CancellationToken));
        int[] ids = Array.ConvertAll(goldens.ReadInt64s("prompt.long.base.ids"), id => (int)id);
        float[] expected = goldens.ReadFloats("prompt.long.base.prefill_logits");

        float[] actual = ForwardPasses.Operators(model, ids);

        Assert.Equal(expected.Length, actual.Length);
        Assert.True(expected.Zip(actual, (left, right) => Math.Abs(left - right)).Max() < LogitTolerance);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Write_ConfigOfAFamily_ReadsTheSame(string name)
    {
        LlamaConfig config = LlamaConfigFile.Read(Path.Combine(Folder(name), "model", LlamaConfigFile.FileName));
        string path = Path.GetTempFileName();
        try
        {
            LlamaConfigFile.Write(path, config);

            LlamaConfig again = LlamaConfigFile.Read(path);

            Assert.Equal(config.EndOfSequenceIds, again.EndOfSequenceIds);
            Assert.Equal(config.Plan.Rotated, again.Plan.Rotated);
            Assert.Equal(config.Plan.Windowed, again.Plan.Windowed);
            Assert.Equal(Plain(config), Plain(again));
        }
        finally
        {
            File.Delete(path);
        }

        LlamaConfig Plain(LlamaConfig one) =>
            one with { EndOfSequenceIds = config.EndOfSequenceIds, Plan = Alike(one.Plan) };

        ModelPlan Alike(ModelPlan one) => one with { Rotated = config.Plan.Rotated, Windowed = config.Plan.Windowed };
    }

    private static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "TestData", "families", name);
}
