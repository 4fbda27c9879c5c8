namespace LLoCO.Models.Tiny.Training;

/// <summary>What training examples are made of.</summary>
internal sealed record SynthExampleOptions
{
    /// <summary>Gets the only group, or <see langword="null"/> for all.</summary>
    internal string? Group { get; init; }

    /// <summary>Gets the share of documents whose people have middle names.</summary>
    internal double MiddleNameShare { get; init; }

    /// <summary>Gets the most tokens of a segment.</summary>
    internal required int SegmentLength { get; init; }

    /// <summary>Gets about how many tokens of a document stand to one fact.</summary>
    internal double TokensPerFact { get; init; } = 52;

    /// <summary>Gets the share of documents that tell the same thing of all their people.</summary>
    internal double OneRelationShare { get; init; }

    /// <summary>Gets the share of facts and items that are told as a mere list.</summary>
    internal double ListShare { get; init; }

    /// <summary>Gets the most items of an example.</summary>
    internal int ItemsPerExample { get; init; } = 12;

    /// <summary>Gets how often a fact may be asked, in other words each time, where there are fewer facts than items.</summary>
    internal int AsksPerFact { get; init; } = 1;

    /// <summary>Gets the share of items that are questions; the rest are restatements.</summary>
    internal double QuestionShare { get; init; }

    /// <summary>Gets whether the items are those of a teacher, who writes question and answer.</summary>
    internal bool Teacher { get; init; }

    /// <summary>Gets the loss weight of a restatement's tokens besides the value.</summary>
    internal double LanguageWeight { get; init; } = 0.1;

    /// <summary>Gets what a stage asks for.</summary>
    /// <param name="stage">The stage.</param>
    internal static SynthExampleOptions For(TrainingStage stage) => new()
    {
        Group = stage.Group,
        SegmentLength = stage.SegmentLength,
        OneRelationShare = stage.OneRelationShare,
        ListShare = stage.ListShare,
        MiddleNameShare = stage.MiddleNameShare,
        TokensPerFact = stage.TokensPerFact,
        ItemsPerExample = stage.Items,
        AsksPerFact = stage.AsksPerFact,
        QuestionShare = stage.QuestionShare,
        LanguageWeight = stage.LanguageWeight,
        Teacher = stage.Teacher,
    };
}
