namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Finds the golden cases among the test data; their README describes them.</summary>
internal static class Goldens
{
    public static readonly string[] Cases = ["a_mha", "b2_gqa_unpatched", "b_gqa", "c_rope", "d_bf16", "e_batch"];

    public static string Path(params string[] parts) =>
        System.IO.Path.Combine([AppContext.BaseDirectory, "TestData", "goldens", .. parts]);
}
