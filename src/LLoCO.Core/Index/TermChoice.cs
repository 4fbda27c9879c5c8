namespace LLoCO.Core.Index;

/// <summary>A term of a question.</summary>
/// <param name="Text">The term.</param>
/// <param name="Passages">Number of passages that hold it: counted, or estimated for a frequent term.</param>
/// <param name="Idf">Its weight.</param>
internal sealed record CountedTerm(string Text, double Passages, double Idf)
{
    /// <summary>Gets whether it stands in so many passages that it tells none apart.</summary>
    public bool SaysNothing => Idf <= Bm25Formula.SmallestIdf;
}

/// <summary>
/// Chooses the terms of a question that find passages, rarest first: those that remain could not lift another passage into the result.
/// </summary>
/// <remarks>
/// This is the idea of MaxScore (Turtle and Flood, Information Processing and Management 31(6), 1995), with what a term adds that stands
/// twice in a passage of average length in place of a bound.
/// </remarks>
internal static class TermChoice
{
    // Passages with the rarest terms that are ranked before a look at what the other terms could add.
    private const int FirstPassages = 2_000;

    /// <summary>So many passages are read and scored one by one in a millisecond.</summary>
    public const int AllScored = 100;

    // What a term adds that stands once in a passage of half as many words again as the average.
    private const double Once = 0.83;

    /// <summary>Chooses the terms to begin with: the rarest, as long as few passages hold one of them. There are no more of them than needed
    /// where so few passages hold one that all can be scored with every term, and the other terms are worth less than the last of
    /// them.</summary>
    /// <param name="terms">The terms of a question, rarest first.</param>
    /// <param name="limit">Passages wanted.</param>
    /// <returns>Their number, and how many passages hold one of them, counted once for each.</returns>
    public static (int Used, double Passages) First(List<CountedTerm> terms, int limit)
    {
        double passages = 0;
        for (int used = 0; used < terms.Count; used++)
        {
            if (used > 0 && passages >= limit && passages <= AllScored
                && Bound(terms[used..], withEmpty: true) <= Once * terms[used - 1].Idf)
            {
                return (used, passages);
            }

            if (used > 0 && passages + terms[used].Passages > FirstPassages)
            {
                return (used, passages);
            }

            passages += terms[used].Passages;
        }

        return (terms.Count, passages);
    }

    /// <summary>How many terms must take part so that a passage left out, with the other terms twice each, would not be better than
    /// the last one found.</summary>
    /// <param name="terms">The terms of a question, rarest first.</param>
    /// <param name="used">Terms that took part.</param>
    /// <param name="least">Score of the last passage wanted; 0 where fewer were found.</param>
    /// <param name="found">Passages found.</param>
    /// <returns>The number; no more than <paramref name="used"/> where the result stands.</returns>
    public static int Next(List<CountedTerm> terms, int used, double least, int found)
    {
        if (least > 0)
        {
            int next = used;
            while (Bound(terms[next..], withEmpty: true) > least)
            {
                next++;
            }

            return next;
        }

        // Too few were found. Terms that say nothing are asked only if no other term found any.
        if (used == terms.Count || (found > 0 && terms[used].SaysNothing))
        {
            return used;
        }

        return terms[used].SaysNothing ? terms.Count : used + 1;
    }

    /// <summary>What terms add to a passage of average length that holds each twice.</summary>
    /// <param name="terms">The terms.</param>
    /// <param name="withEmpty">Whether terms that say nothing count.</param>
    /// <returns>The sum of their scores.</returns>
    public static double Bound(List<CountedTerm> terms, bool withEmpty)
    {
        double bound = 0;
        foreach (CountedTerm term in terms)
        {
            bound += withEmpty || !term.SaysNothing ? Bm25Formula.Score(term.Idf, 2, 1, 1) : 0;
        }

        return bound;
    }
}
