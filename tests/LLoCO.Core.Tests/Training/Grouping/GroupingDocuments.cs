using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Evaluation.Synth;
using Xunit;

namespace LLoCO.Core.Tests.Training.Grouping;

/// <summary>Documents of the practice corpus's three kinds, and texts of other kinds.</summary>
internal static class GroupingDocuments
{
    public static readonly string[] Foreign =
    [
        "Whisk six eggs with butter and flour, then bake the dough in a moderate oven for forty minutes and let the cake cool.",
        "The committee approved the quarterly budget; marketing requested further headcount and legal raised two objections.",
        "Install the package, configure the environment variables and restart the daemon before running the integration tests.",
    ];

    public static async Task<InMemoryRetrievalIndex> IndexAsync(int perKind, string group = "default", int seed = 815_001)
    {
        var index = new InMemoryRetrievalIndex();
        foreach (SynthDocument document in Practice(perKind, seed))
        {
            await index.PutAsync(Create(document.Id, group, document.Text), TestContext.Current.CancellationToken);
        }

        return index;
    }

    public static IEnumerable<SynthDocument> Practice(int perKind, int seed = 815_001)
    {
        var generator = new SynthGenerator(seed);
        return SynthGenerator.Groups.SelectMany(
            kind => Enumerable.Range(0, perKind).Select(number => generator.Write(kind, number, 400)));
    }

    public static IndexedDocument Create(string id, string group, string text) =>
        TestDocuments.Create(id, group, text.ReplaceLineEndings(" "));

    public static string KindOf(string id) => id[..id.IndexOf('-', StringComparison.Ordinal)];
}
