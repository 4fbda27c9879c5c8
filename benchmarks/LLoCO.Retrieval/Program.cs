using System.Globalization;
using LLoCO.Embeddings.MiniLM;
using LLoCO.Retrieval;

// Recall of BM25, of dense vectors, and of both fused, as the index computes them:
// dotnet run -c Release --project benchmarks/LLoCO.Retrieval -- data [--limit N]
string data = args.Length > 0 ? args[0] : "data";
int limit = args is [_, "--limit", var number] ? int.Parse(number, CultureInfo.InvariantCulture) : int.MaxValue;
var embedder = new MiniLMEmbedder();
Console.WriteLine("| data set | questions | passages | BM25 @1 | @5 | dense @1 | @5 | both @1 | @5 | both, by ranks @1 | @5 |");
Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
foreach (Func<string, RecallSet?> read in new Func<string, RecallSet?>[] { Fairytale.Read, Hotpot.Read, Meetings.Read })
{
    if (read(data) is { } set)
    {
        Console.WriteLine(await Recall.MeasureAsync(set, embedder, limit).ConfigureAwait(false));
    }
}
