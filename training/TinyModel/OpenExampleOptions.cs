using LLoCO.Evaluation.Synth;

namespace LLoCO.Models.Tiny.Training;

/// <summary>What examples of the open practice corpus are made of.</summary>
internal sealed record OpenExampleOptions
{
    /// <summary>Gets the most tokens of a segment.</summary>
    internal required int SegmentLength { get; init; }

    /// <summary>Gets the make of documents; how many facts they have follows from the options below.</summary>
    internal OpenShape Shape { get; init; } = new(1);

    /// <summary>Gets the facts per segment; 0 for as many as <see cref="TokensPerFact"/> gives.</summary>
    internal int Facts { get; init; }

    /// <summary>Gets about how many tokens of a document stand to one fact.</summary>
    internal double TokensPerFact { get; init; } = 52;

    /// <summary>Gets the most items of an example.</summary>
    internal int ItemsPerExample { get; init; } = 12;

    /// <summary>Gets how often a fact may be asked.</summary>
    internal int AsksPerFact { get; init; } = 1;

    /// <summary>Gets the share of items that are questions; the rest are restatements.</summary>
    internal double QuestionShare { get; init; }

    /// <summary>Gets the share of documents that tell several things of each subject, mostly by pronouns.</summary>
    internal double ProfileShare { get; init; }

    /// <summary>Gets the share of restatements without a relation: subject and value.</summary>
    internal double ListShare { get; init; }

    /// <summary>Gets the loss weight of a restatement's tokens before the value.</summary>
    internal double LanguageWeight { get; init; } = 0.1;

    /// <summary>Gets the share of examples with a stretch of a segment to be written anew from its first tokens.</summary>
    internal double RestoreShare { get; init; }

    /// <summary>Gets whether relations and wordings are those that training never sees.</summary>
    internal bool HeldOut { get; init; }

    /// <summary>Gets what a stage asks for.</summary>
    /// <param name="stage">The stage.</param>
    internal static OpenExampleOptions For(TrainingStage stage) => new()
    {
        SegmentLength = stage.SegmentLength,
        Shape = new OpenShape(1)
        {
            MinPieces = stage.MinPieces,
            MaxPieces = stage.MaxPieces,
            OneRelationShare = stage.OneRelationShare,
            ListShare = stage.ListShare,
            ListMark = stage.OpenListMark,
            SharedNameShare = stage.SharedNameShare,
        },
        Facts = stage.OpenFacts,
        TokensPerFact = stage.TokensPerFact,
        ItemsPerExample = stage.Items,
        AsksPerFact = stage.AsksPerFact,
        QuestionShare = stage.QuestionShare,
        ProfileShare = stage.ProfileShare,
        ListShare = stage.ListShare,
        LanguageWeight = stage.LanguageWeight,
        RestoreShare = stage.RestoreShare,
    };
}
