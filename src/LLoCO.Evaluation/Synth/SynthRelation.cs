namespace LLoCO.Evaluation.Synth;

/// <summary>
/// Something that can be true of a person: its values, and the wordings in which documents state it, notes restate it and
/// questions ask for it. <c>{N}</c> stands for the person, <c>{V}</c> for the value.
/// </summary>
internal sealed class SynthRelation
{
    /// <summary>Values of every relation; a person's values are chosen so that no two seeds share a fact.</summary>
    internal const int ValueCount = 32;

    /// <summary>The shortest wording: a list.</summary>
    internal const string ListWording = "{N} {V}.";

    internal SynthRelation(string name, string values, string[] statements, string[] restatements, string[] questions)
    {
        Name = name;
        Values = values.Split(' ');
        Statements = statements;
        Restatements = restatements;
        Questions = questions;
        if (Values.Distinct().Count() != ValueCount)
        {
            throw new InvalidOperationException(
                $"The relation '{name}' has {Values.Distinct().Count()} values, not {ValueCount}.");
        }
    }

    /// <summary>Gets the relation's name, as <c>facts.json</c> gives it.</summary>
    internal string Name { get; }

    /// <summary>Gets the values: single words.</summary>
    internal string[] Values { get; }

    /// <summary>Gets the wordings of documents.</summary>
    internal string[] Statements { get; }

    /// <summary>Gets the wordings of restatements: the person first, the value last before the full stop.</summary>
    internal string[] Restatements { get; }

    /// <summary>Gets the wordings of questions.</summary>
    internal string[] Questions { get; }
}
