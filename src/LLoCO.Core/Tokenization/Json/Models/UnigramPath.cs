namespace LLoCO.Core.Tokenization.Json.Models;

/// <summary>The best paths to each position of a word during the search.</summary>
internal sealed class UnigramPath
{
    private readonly List<(int Start, int Id)> _best = [];
    private double[] _scores = [];
    private int[] _starts = [];
    private int[] _ids = [];

    /// <summary>Begins a word.</summary>
    public void Begin(int length)
    {
        if (_scores.Length <= length)
        {
            int size = Math.Max(64, length + 1);
            (_scores, _starts, _ids) = (new double[size], new int[size], new int[size]);
        }

        Array.Fill(_starts, -1, 0, length + 1);
        _scores[0] = 0;
    }

    /// <summary>Gives the score of the best way to a position.</summary>
    public double ScoreAt(int position) => _scores[position];

    /// <summary>Offers a path: the best one to <paramref name="start"/>, then a piece. Of equals, the first is kept.</summary>
    public void Offer(int start, int end, int id, double score)
    {
        if (_starts[end] < 0 || score > _scores[end])
        {
            (_scores[end], _starts[end], _ids[end]) = (score, start, id);
        }
    }

    /// <summary>Gives the pieces of the best way to a position, the last one first.</summary>
    public IReadOnlyList<(int Start, int Id)> Best(int end)
    {
        _best.Clear();
        while (end > 0)
        {
            _best.Add((_starts[end], _ids[end]));
            end = _starts[end];
        }

        return _best;
    }
}
