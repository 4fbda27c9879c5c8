using System.CommandLine;
using LLoCO.Core.Families;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Options that several measurements share.</summary>
internal static class BenchArguments
{
    /// <summary>The number of threads; all cores by default.</summary>
    public static Option<int> Threads() => CommonArguments.Number(
        "--threads", 1, Environment.ProcessorCount, "Threads that compute.");

    /// <summary>The model shape.</summary>
    public static Option<string> Shape()
    {
        var option = new Option<string>("--shape") { Description = "Model shape.", DefaultValueFactory = _ => "110M" };
        option.AcceptOnlyFromAmong([.. ModelShapes.Names]);
        return option;
    }
}
