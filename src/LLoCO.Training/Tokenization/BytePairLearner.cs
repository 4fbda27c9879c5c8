using System.Runtime.InteropServices;
using System.Text;

namespace LLoCO.Training.Tokenization;

/// <summary>
/// Learns byte-pair merges over counted words (Sennrich et al., arXiv 1508.07909), in the form a SentencePiece encoder replays.
/// </summary>
/// <remarks>
/// Such an encoder knows no pairs, only pieces: it joins any two neighbours whose text together is a piece, best rank first,
/// leftmost first. So candidates are counted by the text they give, over all ways to make it, and after each choice words are
/// joined by exactly the encoder's rule. So a word here has exactly the pieces that encoding it will give.
/// </remarks>
internal sealed class BytePairLearner
{
    private readonly List<BytePairSymbol> _symbols = [];
    private readonly Dictionary<string, int> _symbolOfText = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Left, int Right), int> _joined = [];
    private readonly List<BytePairWord> _words = [];
    private readonly List<BytePairWord> _required = [];
    private readonly List<string> _chosen = [];
    private readonly PriorityQueue<int, BytePairPriority> _queue = new();
    private readonly HashSet<int> _grown = [];
    private int _openJoins;

    /// <summary>Gets the pieces chosen so far, best rank first.</summary>
    public IReadOnlyList<string> Chosen => _chosen;

    /// <summary>Gets an upper bound of the merges still needed to make every required word one piece.</summary>
    public int OpenJoins => _openJoins;

    /// <summary>Adds a word.</summary>
    /// <param name="text">Its text; every character has a piece of its own.</param>
    /// <param name="count">How often it occurs; may be 0 for a required word.</param>
    /// <param name="required">Whether it must end as one piece.</param>
    public void Add(string text, long count, bool required)
    {
        var word = new BytePairWord { Count = count, IsRequired = required };
        foreach (Rune rune in text.EnumerateRunes())
        {
            word.Symbols.Add(Intern(rune.ToString()));
        }

        int index = _words.Count;
        _words.Add(word);
        CountPairs(word, index, sign: 1);
        if (required)
        {
            _required.Add(word);
            _openJoins += word.Symbols.Count - 1;
        }
    }

    /// <summary>Chooses the most frequent pair, the shorter and then the ordinally first text where several are.</summary>
    /// <param name="minimumCount">The least count worth a piece.</param>
    /// <param name="maximumLength">The longest text worth a piece, in UTF-16 units.</param>
    /// <returns>Whether there was one.</returns>
    public bool ChooseMostFrequent(int minimumCount, int maximumLength)
    {
        FlushGrown();
        while (_queue.TryDequeue(out int id, out BytePairPriority priority))
        {
            BytePairSymbol symbol = _symbols[id];
            if (symbol.Rank != BytePairSymbol.NotChosen || symbol.Text.Length > maximumLength || symbol.Count < minimumCount)
            {
                symbol.QueuedCount = symbol.Count; // comes back through FlushGrown should its count rise again
                continue;
            }

            if (symbol.Count == priority.Count)
            {
                Choose(id);
                return true;
            }

            symbol.QueuedCount = symbol.Count;
            _queue.Enqueue(id, PriorityOf(symbol));
        }

        return false;
    }

    /// <summary>Chooses the pair that most unfinished required words share.</summary>
    /// <returns>Whether any required word was unfinished.</returns>
    public bool ChooseForRequired()
    {
        var shared = new Dictionary<int, int>();
        foreach (BytePairWord word in _required)
        {
            for (int i = 0; i + 1 < word.Symbols.Count; i++)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(shared, Join(word.Symbols[i], word.Symbols[i + 1]), out _)++;
            }
        }

        if (shared.Count == 0)
        {
            return false;
        }

        Choose(shared.MinBy(pair => (-pair.Value, PriorityOf(_symbols[pair.Key]))).Key);
        return true;
    }

    private void Choose(int id)
    {
        BytePairSymbol chosen = _symbols[id];
        chosen.Rank = _chosen.Count;
        _chosen.Add(chosen.Text);
        foreach (int index in chosen.Words.Distinct())
        {
            BytePairWord word = _words[index];
            CountPairs(word, index, sign: -1);
            int before = word.Symbols.Count;
            JoinAsEncoder(word.Symbols);
            _openJoins -= word.IsRequired ? before - word.Symbols.Count : 0;
            CountPairs(word, index, sign: 1);
        }

        chosen.Words.Clear();
    }

    private void JoinAsEncoder(List<int> symbols)
    {
        while (true)
        {
            int best = -1;
            int bestRank = BytePairSymbol.NotChosen;
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                int rank = _symbols[Join(symbols[i], symbols[i + 1])].Rank;
                if (rank < bestRank)
                {
                    (best, bestRank) = (i, rank);
                }
            }

            if (best < 0)
            {
                return;
            }

            symbols[best] = Join(symbols[best], symbols[best + 1]);
            symbols.RemoveAt(best + 1);
        }
    }

    private void CountPairs(BytePairWord word, int index, int sign)
    {
        for (int i = 0; i + 1 < word.Symbols.Count; i++)
        {
            int id = Join(word.Symbols[i], word.Symbols[i + 1]);
            BytePairSymbol symbol = _symbols[id];
            symbol.Count += sign * word.Count;
            if (sign > 0)
            {
                if (symbol.Words.Count == 0 || symbol.Words[^1] != index)
                {
                    symbol.Words.Add(index);
                }

                _grown.Add(id);
            }
        }
    }

    // A rising count must reach the queue at once; a falling one is noticed when the entry comes out.
    private void FlushGrown()
    {
        foreach (int id in _grown)
        {
            BytePairSymbol symbol = _symbols[id];
            if (symbol.Count > symbol.QueuedCount && symbol.Rank == BytePairSymbol.NotChosen)
            {
                _queue.Enqueue(id, PriorityOf(symbol));
            }

            symbol.QueuedCount = symbol.Count;
        }

        _grown.Clear();
    }

    private static BytePairPriority PriorityOf(BytePairSymbol symbol) => new(symbol.Count, symbol.Text);

    private int Join(int left, int right)
    {
        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_joined, (left, right), out bool known);
        return known ? id : id = Intern(_symbols[left].Text + _symbols[right].Text);
    }

    private int Intern(string text)
    {
        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_symbolOfText, text, out bool known);
        if (!known)
        {
            id = _symbols.Count;
            _symbols.Add(new BytePairSymbol(text));
        }

        return id;
    }
}
