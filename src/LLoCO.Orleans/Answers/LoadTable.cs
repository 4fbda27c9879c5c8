namespace LLoCO.Orleans.Answers;

/// <summary>What this silo knows of all silos. Safe for concurrent use.</summary>
internal sealed class LoadTable
{
    private volatile IReadOnlyDictionary<string, SiloLoad> _silos = new Dictionary<string, SiloLoad>(StringComparer.Ordinal);

    /// <summary>Replaces what is known.</summary>
    /// <param name="silos">The silos.</param>
    public void Set(IEnumerable<SiloLoad> silos) => _silos = silos.ToDictionary(one => one.Silo, StringComparer.Ordinal);

    /// <summary>Finds what a silo has.</summary>
    /// <param name="silo">The silo.</param>
    public SiloLoad? Find(string silo) => _silos.GetValueOrDefault(silo);
}
