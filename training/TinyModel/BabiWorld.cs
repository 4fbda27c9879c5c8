namespace LLoCO.Models.Tiny.Training;

/// <summary>Follows the sentences of a bAbI story (qa1, qa2, qa3, qa5) and tells what is true after them.</summary>
internal sealed class BabiWorld
{
    private static readonly HashSet<string> Gets = ["got", "picked", "grabbed", "took"];
    private static readonly HashSet<string> Drops = ["left", "discarded", "put", "dropped"];
    private static readonly HashSet<string> Passes = ["passed", "gave", "handed"];

    private readonly Dictionary<string, string> _places = [];
    private readonly Dictionary<string, string> _visitors = [];
    private readonly Dictionary<string, string> _holders = [];
    private readonly Dictionary<string, string> _handling = [];
    private readonly Dictionary<string, List<string>> _trails = [];
    private readonly List<(string Giver, string Thing, string Receiver)> _gifts = [];

    /// <summary>Follows one sentence.</summary>
    internal void Tell(string sentence)
    {
        string[] words = sentence.TrimEnd('.', ' ').Split(' ');
        string who = words[0];
        if (Passes.Contains(words[1]))
        {
            (string thing, string receiver) = (words[3], words[5]);
            _gifts.Add((who, thing, receiver));
            _holders[thing] = receiver;
            _handling[thing] = $"{receiver} has";
            Follow(thing);
        }
        else if (Gets.Contains(words[1]))
        {
            string thing = words[^1] == "there" ? words[^2] : words[^1];
            _holders[thing] = who;
            _handling[thing] = $"{who} has";
            Follow(thing);
        }
        else if (Drops.Contains(words[1]))
        {
            string thing = words[^1] == "there" ? words[^2] : words[^1];
            Follow(thing);
            _holders.Remove(thing);
            _handling[thing] = $"{who} left";
        }
        else
        {
            _places[who] = words[^1];
            _visitors[words[^1]] = who;
            foreach (string thing in _holders.Where(pair => pair.Value == who).Select(pair => pair.Key))
            {
                Follow(thing);
            }
        }
    }

    /// <summary>Everything that the task may ask now.</summary>
    internal IEnumerable<BabiFact> Facts(string task) => task switch
    {
        "qa1" => _places.Select(pair => new BabiFact($"Where is {pair.Key}?", $"place of {pair.Key} :", pair.Value)),
        "qa2" => _trails.Where(pair => pair.Value.Count > 0)
            .Select(pair => new BabiFact($"Where is the {pair.Key}?", $"place of {pair.Key} :", pair.Value[^1])
            {
                Steps = _handling[pair.Key],
            }),
        "qa3" => _trails.SelectMany(pair => Before(pair.Key, pair.Value)),
        "qa5" => Gifts().DistinctBy(fact => fact.Question),
        _ => throw new ArgumentException($"There is no task '{task}' here.", nameof(task)),
    };

    /// <summary>What a reader finds on the way to the answers of a task: where everybody is, and who has what. Who went somewhere
    /// last teaches to look up what stands before the name that is asked for, as who gave or took something does.</summary>
    internal IEnumerable<BabiFact> Steps(string task) => task switch
    {
        "qa1" => _visitors.Select(
            pair => new BabiFact($"Who went to the {pair.Key}?", $"visitor of {pair.Key} :", pair.Value)),
        "qa2" or "qa3" => Facts("qa1").Concat(_holders.Select(
            pair => new BabiFact($"Who has the {pair.Key}?", $"holder of {pair.Key} :", pair.Value))),
        _ => [],
    };

    private static IEnumerable<BabiFact> Before(string thing, List<string> trail)
    {
        var seen = new HashSet<string>();
        for (int i = trail.Count - 1; i > 0; i--)
        {
            if (seen.Add(trail[i]))
            {
                yield return new BabiFact(
                    $"Where was the {thing} before the {trail[i]}?", $"place of {thing} before {trail[i]} :", trail[i - 1]);
            }
        }
    }

    private IEnumerable<BabiFact> Gifts()
    {
        foreach ((string giver, string thing, string receiver) in Enumerable.Reverse(_gifts))
        {
            yield return new BabiFact($"What did {giver} give to {receiver}?", $"gift of {giver} to {receiver} :", thing);
            yield return new BabiFact($"Who gave the {thing} to {receiver}?", $"giver of {thing} to {receiver} :", giver);
            yield return new BabiFact($"Who gave the {thing}?", $"giver of {thing} :", giver);
            yield return new BabiFact($"Who received the {thing}?", $"receiver of {thing} :", receiver);
            yield return new BabiFact($"Who did {giver} give the {thing} to?", $"receiver of {thing} from {giver} :", receiver);
        }
    }

    private void Follow(string thing)
    {
        if (!_trails.TryGetValue(thing, out List<string>? trail))
        {
            _trails.Add(thing, trail = []);
        }

        if (_holders.TryGetValue(thing, out string? holder) && _places.TryGetValue(holder, out string? place)
            && (trail.Count == 0 || trail[^1] != place))
        {
            trail.Add(place);
        }
    }
}

/// <summary>What is true in a story.</summary>
/// <param name="Question">As bAbI asks.</param>
/// <param name="Cue">How the base restates it, up to the answer.</param>
/// <param name="Answer">One word.</param>
internal sealed record BabiFact(string Question, string Cue, string Answer)
{
    /// <summary>Gets what a reader finds on the way to the answer: who had the thing last, and whether they still have it.</summary>
    internal string? Steps { get; init; }
}
