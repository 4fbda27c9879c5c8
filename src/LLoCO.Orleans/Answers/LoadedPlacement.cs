using Orleans;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace LLoCO.Orleans.Answers;

/// <summary>Places a grain on the silo that has what it needs.</summary>
[GenerateSerializer]
[Immutable]
[SuppressReferenceTracking]
internal sealed class LoadedPlacement : PlacementStrategy;

/// <summary>Places a grain by <see cref="LoadedPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class LoadedPlacementAttribute() : PlacementAttribute(new LoadedPlacement());

/// <summary>Chooses among silos: one without the adapter counts as one with some more questions, so that a group stays where its adapter is
/// until that silo is clearly busier. Silos that are equal share documents by a hash, the same on every silo.</summary>
/// <param name="table">What silos have.</param>
internal sealed class LoadedPlacementDirector(LoadTable table) : IPlacementDirector
{
    private const int QuestionsForAdapter = 4;

    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        string key = target.GrainIdentity.Key.ToString() ?? string.Empty;
        return Task.FromResult(Choose(key, context.GetCompatibleSilos(target)));
    }

    /// <summary>Chooses a silo.</summary>
    /// <param name="key">The key of the grain.</param>
    /// <param name="silos">The silos that there are; at least one.</param>
    internal SiloAddress Choose(string key, IReadOnlyList<SiloAddress> silos)
    {
        string adapter = AnswerKey.AdapterOf(key);
        return silos.MinBy(silo => (Cost(silo, adapter), Order(key, silo)))!;
    }

    private int Cost(SiloAddress silo, string adapter) => table.Find(silo.ToString()) is { } load
        ? load.Questions + (load.Adapters.Contains(adapter) ? 0 : QuestionsForAdapter)
        : QuestionsForAdapter;

    private static ulong Order(string key, SiloAddress silo) =>
        System.IO.Hashing.XxHash3.HashToUInt64(System.Text.Encoding.UTF8.GetBytes($"{key}\n{silo}"));
}
