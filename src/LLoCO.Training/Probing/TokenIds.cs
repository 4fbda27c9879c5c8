using LLoCO.Core.Families;

namespace LLoCO.Training.Probing;

/// <summary>Refuses ids that the vocabulary does not have: libtorch would read past its table.</summary>
internal static class TokenIds
{
    /// <summary>Makes sure that a model knows ids.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="besides">A number that is allowed, too.</param>
    /// <exception cref="ArgumentException">One of them is out of range.</exception>
    internal static void EnsureKnown(ReadOnlySpan<long> ids, LlamaConfig config, long besides = 0)
    {
        foreach (long id in ids)
        {
            if (id != besides)
            {
                EnsureKnown(id, config);
            }
        }
    }

    /// <summary>Makes sure that a model knows ids.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="config">The model's shape.</param>
    /// <exception cref="ArgumentException">One of them is out of range.</exception>
    internal static void EnsureKnown(ReadOnlySpan<int> ids, LlamaConfig config)
    {
        if (ids.IsEmpty)
        {
            throw new ArgumentException("There are no token ids; at least one is needed.", nameof(ids));
        }

        foreach (int id in ids)
        {
            EnsureKnown(id, config);
        }
    }

    /// <summary>Makes sure that a model knows an id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="config">The model's shape.</param>
    /// <exception cref="ArgumentException">It is out of range.</exception>
    internal static void EnsureKnown(long id, LlamaConfig config)
    {
        if (id < 0 || id >= config.VocabularySize)
        {
            throw new ArgumentException($"{id} is no token id; the model knows 0 to {config.VocabularySize - 1}.", nameof(id));
        }
    }
}
