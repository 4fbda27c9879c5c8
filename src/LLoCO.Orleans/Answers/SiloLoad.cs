using Orleans;
using Orleans.Concurrency;

namespace LLoCO.Orleans.Answers;

/// <summary>What a silo has loaded, and how busy it is.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Adapters">The adapters that questions have used there.</param>
/// <param name="Questions">Its questions in progress.</param>
[GenerateSerializer]
[Immutable]
internal sealed record SiloLoad(string Silo, IReadOnlyList<string> Adapters, int Questions);

/// <summary>Gathers what silos have loaded. There is one; if it is lost, silos tell the next one within a second.</summary>
internal interface ILoadGrain : IGrainWithIntegerKey
{
    /// <summary>Hears of a silo.</summary>
    /// <param name="load">What it has.</param>
    /// <returns>What all silos have that were heard of in the last seconds.</returns>
    Task<IReadOnlyList<SiloLoad>> TellAsync(SiloLoad load);
}
