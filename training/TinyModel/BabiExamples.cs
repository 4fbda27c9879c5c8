using LLoCO.Core.Families;
using LLoCO.Core.Numerics;
using LLoCO.Core.Segments;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation.Synth;
using LLoCO.Training;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Stories of bAbI's training split among sentences of books (BABILong's recipe), their people, places and things
/// exchanged at random. The base learns to restate what is true, adapters to answer bAbI's questions.</summary>
internal sealed class BabiExamples : ITrainingExamples
{
    /// <summary>What stands between written steps and the answer.</summary>
    internal const string Mark = ":";

    private static readonly string[][] Exchanged =
    [
        ["bathroom", "hallway", "garden", "office", "bedroom", "kitchen"], ["football", "milk", "apple", "cake"],
        ["Mary", "John", "Daniel", "Sandra", "Fred", "Bill", "Jeff", "Julie"],
    ];

    /// <summary>Words of the practice corpus that may stand for people, places and things: with six places to choose from, a
    /// guess is right too often to learn from.</summary>
    private static readonly string[][] Wide =
    [
        Values("port", "street"), Values("cargo", "item", "animal"), [.. SynthLexicon.FirstNames.Where(name => name.All(char.IsLetter))],
    ];

    private readonly TrainingStage _stage;
    private readonly ITokenizer _tokenizer;
    private readonly WordEncoder _encoder;
    private readonly Segmenter _segmenter;
    private readonly int _summaryLength;
    private readonly BookNoise _noise;
    private readonly (string Task, string[][] Stories)[] _tasks;

    internal BabiExamples(TrainingStage stage, ITokenizer tokenizer, WordEncoder encoder, BookNoise noise, TrainingData data,
        int summaryLength)
    {
        (_stage, _tokenizer, _encoder, _noise, _summaryLength) = (stage, tokenizer, encoder, noise, summaryLength);
        _segmenter = new Segmenter(stage.SegmentLength, SegmentBoundary.Sentence, tokenizer);
        _tasks = [.. (stage.BabiTasks ?? TrainingData.BabiTasks).Select(task => (task, Stories(data.Babi(task)).ToArray()))];
    }

    /// <summary>The words of the stories and of their restatements, for the training of a tokenizer.</summary>
    internal static IEnumerable<string> Words(TrainingData data) => TrainingData.BabiTasks.SelectMany(data.Babi)
        .SelectMany(line => line.Split([' ', '\t', '.', '?'])).Concat(["place", "gift", "giver", "receiver", "Ask"])
        .Where(word => word.Length > 0 && word.All(char.IsLetter)).Distinct();

    /// <inheritdoc/>
    public TrainingExample? Next(SeededRandom random, int segments, bool alone, bool raw)
    {
        if (!alone)
        {
            return null;
        }

        (string task, string[][] stories) = random.Pick(_tasks);
        Func<string, string> exchange = Exchange(random, task);
        bool scattered = task == "qa1" && random.NextDouble() < _stage.BabiScatterShare;
        string[] story = scattered ? Scatter(random.Pick(stories), random) : [.. random.Pick(stories).Select(exchange)];
        int told = Math.Min(story.Length, 2 + random.Next(Math.Min(_stage.BabiFacts, story.Length)));
        List<(int[] Ids, string? Fact)> sentences = Mix(story[..told], segments, random);
        int[] ids = [.. sentences.SelectMany(sentence => sentence.Ids)];
        int[] cuts = [.. _segmenter.Cut(ids).Take(segments)];
        if (cuts.Length < segments)
        {
            return null;
        }

        List<(int? Seen, string Kind, BabiFact Fact)> facts = Asked(task, sentences, cuts, raw);
        random.Shuffle(facts);
        int max = _stage.BabiMoments ? _stage.Items : Math.Min(_stage.Items, 12);
        TrainingItem[] items = [.. facts.Take(max).Select(asked => Item(asked.Kind, asked.Fact, random) with { Seen = asked.Seen })];
        return items.Length == 0 ? null : new TrainingExample(Cut(ids, cuts), items);
    }

    /// <summary>What may be asked, and behind how much of the prefix: where the document ends and, in stages that ask at many
    /// moments,
    /// behind each fact of raw text or each segment in which something was told.</summary>
    private List<(int? Seen, string Kind, BabiFact Fact)> Asked(string task, List<(int[] Ids, string? Fact)> sentences, int[] cuts, bool raw)
    {
        var asked = new List<(int?, string, BabiFact)>();
        var world = new BabiWorld();
        int end = cuts.Sum();
        int place = 0;
        int segment = 0;
        int segmentEnd = cuts[0];
        bool told = false;
        foreach ((int[] words, string? fact) in sentences)
        {
            while (place >= segmentEnd && segment < cuts.Length - 1)
            {
                segment++;
                segmentEnd += cuts[segment];
                if (_stage.BabiMoments && !raw && told)
                {
                    asked.AddRange(Now(world, task, segment * _summaryLength));
                }

                told = false;
            }

            place += words.Length;
            if (place > end)
            {
                break;
            }

            if (fact is not null)
            {
                world.Tell(fact);
                told = true;
                if (_stage.BabiMoments && raw)
                {
                    asked.AddRange(Now(world, task, place));
                }
            }
        }

        asked.AddRange(Now(world, task, null));
        return asked;
    }

    private IEnumerable<(int? Seen, string Kind, BabiFact Fact)> Now(BabiWorld world, string task, int? seen)
    {
        IEnumerable<(int?, string, BabiFact)> facts = world.Facts(task).Select(fact => (seen, task, fact));
        return _stage.BabiSteps ? facts.Concat(world.Steps(task).Select(fact => (seen, "step", fact))) : facts;
    }

    /// <summary>Facts in their order among sentences of a book. In a short document the noise varies from none to much.</summary>
    private List<(int[] Ids, string? Fact)> Mix(string[] story, int segments, SeededRandom random)
    {
        List<int[]> facts = [.. story.Select(fact => Encode(fact))];
        int length = facts.Sum(fact => fact.Length);
        int wanted = segments > 1
            ? (segments * _stage.SegmentLength) + 48
            : Math.Min(_stage.SegmentLength - 1, length + (int)(random.NextDouble() * story.Length * _stage.Noise));
        List<int[]> noise = wanted > length ? _noise.Take(random, wanted - length) : [];
        int[] places = [.. facts.Select(_ => random.Next(noise.Count + 1)).Order()];
        var sentences = new List<(int[], string?)>();
        int fact = 0;
        for (int place = 0; place <= noise.Count; place++)
        {
            for (; fact < places.Length && places[fact] == place; fact++)
            {
                sentences.Add((facts[fact], story[fact]));
            }

            if (place < noise.Count)
            {
                sentences.Add((noise[place], null));
            }
        }

        return sentences;
    }

    private TrainingItem Item(string kind, BabiFact fact, SeededRandom random)
    {
        bool question = random.NextDouble() < _stage.QuestionShare;
        List<int> ids = [.. Encode(question ? SynthExamples.Prompt(fact.Question) : fact.Cue)];
        int target = ids.Count;
        bool written = question && _stage.BabiWritten && fact.Steps is not null;
        ids.AddRange(Encode(written ? $"{fact.Steps} {Mark} {fact.Answer}" : fact.Answer));
        int end = ids.Count;
        ids.Add(_tokenizer.EndOfSequenceIds[0]);
        float[] weights = new float[ids.Count];
        Array.Fill(weights, (float)_stage.BabiWeight, target, ids.Count - target);
        return new TrainingItem([.. ids], weights, target, kind) { TargetLength = written ? end - target : 1 };
    }

    private int[] Encode(string text)
    {
        var ids = new List<int>();
        _encoder.Encode(text, ids);
        return [.. ids];
    }

    private static int[][] Cut(int[] ids, int[] cuts)
    {
        var segments = new int[cuts.Length][];
        int place = 0;
        for (int i = 0; i < cuts.Length; i++)
        {
            segments[i] = ids[place..(place + cuts[i])];
            place += cuts[i];
        }

        return segments;
    }

    /// <summary>Other words in place of the story's. Where people only move, several may become one: then what was told of them
    /// last counts, which a reader learns late where each is told of once or twice.</summary>
    private Func<string, string> Exchange(SeededRandom random, string task)
    {
        bool merge = task is "qa1" or "qa2" && random.NextDouble() < _stage.BabiMergeShare;
        int people = merge ? 1 + random.Next(3) : Exchanged[^1].Length;
        bool wide = random.NextDouble() < _stage.BabiWideShare;
        var others = new Dictionary<string, string>();
        foreach ((string[] words, string[] more) in Exchanged.Zip(Wide))
        {
            string[] shuffled = [.. wide ? more : words];
            random.Shuffle(shuffled);
            int kept = words.Length == Exchanged[^1].Length ? people : words.Length;
            for (int i = 0; i < words.Length; i++)
            {
                others[words[i]] = shuffled[i % kept];
            }
        }

        return sentence => string.Join(' ', sentence.Split(' ').Select(word =>
        {
            string bare = word.TrimEnd('.');
            return others.TryGetValue(bare, out string? other) ? other + word[bare.Length..] : word;
        }));
    }

    /// <summary>The story's moves, each of somebody to somewhere drawn for itself.</summary>
    private string[] Scatter(string[] story, SeededRandom random)
    {
        bool wide = random.NextDouble() < _stage.BabiWideShare;
        string[] people = [.. wide ? Wide[^1] : Exchanged[^1]];
        string[] places = wide ? Wide[0] : Exchanged[0];
        random.Shuffle(people);
        int some = 2 + random.Next(Math.Min(people.Length, 12) - 1);
        return [.. story.Select(sentence =>
        {
            string[] words = sentence.Split(' ');
            words[0] = people[random.Next(some)];
            words[^1] = random.Pick(places) + ".";
            return string.Join(' ', words);
        })];
    }

    private static string[] Values(params string[] relations) =>
        [.. SynthGroup.All.SelectMany(group => group.Relations).Where(relation => relations.Contains(relation.Name))
            .SelectMany(relation => relation.Values).Where(value => value.All(char.IsLetter))];

    private static IEnumerable<string[]> Stories(IEnumerable<string> lines)
    {
        var story = new List<string>();
        foreach (string line in lines)
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (line.AsSpan(0, space).SequenceEqual("1") && story.Count > 0)
            {
                yield return [.. story];
                story.Clear();
            }

            if (!line.Contains('\t', StringComparison.Ordinal))
            {
                story.Add(line[(space + 1)..].Trim());
            }
        }

        yield return [.. story];
    }
}
