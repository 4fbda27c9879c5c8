namespace LLoCO.Models.Tiny.Training;

/// <summary>One stage of training on the practice corpus: what is trained, on which examples, for how long.</summary>
internal sealed record TrainingStage
{
    /// <summary>Gets the stage's name; its checkpoint's folder.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the stage whose weights it begins with; <see langword="null"/> for random ones.</summary>
    public string? From { get; init; }

    /// <summary>Gets the name of the adapter that is trained on a frozen base; <see langword="null"/> to train the
    /// base.</summary>
    public string? Adapter { get; init; }

    /// <summary>Gets the stage whose adapter it begins with; <see langword="null"/> for a fresh one.</summary>
    public string? FromAdapter { get; init; }

    /// <summary>Gets the only group of the practice corpus; <see langword="null"/> for all of them.</summary>
    public string? Group { get; init; }

    /// <summary>Gets the optimizer steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Gets the steps after which it ends all the same, its rate not yet at the end of the schedule.</summary>
    public int? StopAfter { get; init; }

    /// <summary>Gets the share of facts looked up, between two reports, at which the stage ends: what it teaches is learned. Its
    /// first <see cref="WarmUp"/> steps do not count. <see langword="null"/> for never.</summary>
    public double? Until { get; init; }

    /// <summary>Gets the highest learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Gets whether the matrices of the layers step along orthogonal directions (Muon) instead of AdamW's.</summary>
    public bool Orthogonal { get; init; }

    /// <summary>Gets the steps of linear warm-up.</summary>
    public int WarmUp { get; init; } = 100;

    /// <summary>Gets the share of the rate that is left at the end of a cosine; 1 for a constant rate.</summary>
    public double FinalRate { get; init; } = 1;

    /// <summary>Gets the segments of a batch, over all its documents.</summary>
    public int BatchSegments { get; init; } = 48;

    /// <summary>Gets the share of batches whose prefix is raw text instead of summary embeddings.</summary>
    public double RawShare { get; init; }

    /// <summary>Gets the most segments of raw text in a prefix.</summary>
    public int RawSegments { get; init; } = 1;

    /// <summary>Gets the fewest segments of a compressed document.</summary>
    public int MinSegments { get; init; } = 1;

    /// <summary>Gets the most segments of a compressed document.</summary>
    public int MaxSegments { get; init; } = 1;

    /// <summary>Gets the share of compressed batches in which each question sees the summaries of all documents of the
    /// batch.</summary>
    public double PooledShare { get; init; }

    /// <summary>Gets the tokens of a full segment.</summary>
    public int SegmentLength { get; init; } = 128;

    /// <summary>Gets about how many tokens of a document stand to one fact.</summary>
    public double TokensPerFact { get; init; } = 52;

    /// <summary>Gets the share of documents that are stories of the bAbI tasks among sentences of books.</summary>
    public double BabiShare { get; init; }

    /// <summary>Gets whether a projector is trained beside the base: a linear map that summary embeddings pass before they stand in
    /// front. It begins as the identity times <see cref="ProjectorStart"/>.</summary>
    public bool Projector { get; init; }

    /// <summary>Gets what a projector multiplies with at its beginning. Summary embeddings leave the final norm at length √hidden; a
    /// model whose token embeddings are shorter reads them better at that length.</summary>
    public double ProjectorStart { get; init; } = 1;

    /// <summary>Gets how often each segment is read before its summary counts: from the second time on with its own summary in
    /// front.</summary>
    public int Reads { get; init; } = 1;

    /// <summary>Gets the share of open documents of which a stretch of a segment is to be written anew behind the prefix, from its
    /// first tokens.</summary>
    public double RestoreShare { get; init; }

    /// <summary>Gets the share of documents of the open practice corpus, in which no name and no value repeats.</summary>
    public double OpenShare { get; init; }

    /// <summary>Gets the facts of an open document per segment; 0 for as many as <see cref="TokensPerFact"/> gives.</summary>
    public int OpenFacts { get; init; }

    /// <summary>Gets whether sentences of books stand between the facts of an open document.</summary>
    public bool OpenNoise { get; init; }

    /// <summary>Gets the share of open documents that tell several things of each subject, mostly by pronouns.</summary>
    public double ProfileShare { get; init; }

    /// <summary>Gets whether lists of open documents have a mark between subject and value.</summary>
    public bool OpenListMark { get; init; }

    /// <summary>Gets the fewest pieces of a subject of an open document.</summary>
    public int MinPieces { get; init; } = 2;

    /// <summary>Gets the most pieces of a subject of an open document.</summary>
    public int MaxPieces { get; init; } = 6;

    /// <summary>Gets the share of open documents in which half of the subjects share their first word.</summary>
    public double SharedNameShare { get; init; }

    /// <summary>Gets the share of documents that are stories and books: their next words are learned, or questions on
    /// them.</summary>
    public double TextShare { get; init; }

    /// <summary>Gets whether the items are those of a teacher, who writes question and answer.</summary>
    public bool Teacher { get; init; }

    /// <summary>Gets the bAbI tasks, one that is named more than once as often as it is; <see langword="null"/> for all
    /// alike.</summary>
    public IReadOnlyList<string>? BabiTasks { get; init; }

    /// <summary>Gets the most sentences of a bAbI story.</summary>
    public int BabiFacts { get; init; } = 1000;

    /// <summary>Gets the share of bAbI stories whose people, places and things come from the practice corpus.</summary>
    public double BabiWideShare { get; init; }

    /// <summary>Gets the share of bAbI stories in which one to three people do what all of them did.</summary>
    public double BabiMergeShare { get; init; }

    /// <summary>Gets whether bAbI's questions of two and three steps come with those of the steps: who is where, who has
    /// what.</summary>
    public bool BabiSteps { get; init; }

    /// <summary>Gets the share of bAbI's stories of mere moves (qa1) in which everybody and every place is drawn anew for each
    /// sentence,
    /// from 2 to 12 people: who went where is then all there is to go by.</summary>
    public double BabiScatterShare { get; init; }

    /// <summary>Gets whether bAbI's questions are asked at many moments of a story, each behind what was told until then, and not
    /// at its end only.</summary>
    public bool BabiMoments { get; init; }

    /// <summary>Gets whether the answer to a bAbI question of two steps begins with the first: <c>John has : kitchen</c>.</summary>
    public bool BabiWritten { get; init; }

    /// <summary>Gets the weight of a bAbI item's tokens in the loss.</summary>
    public double BabiWeight { get; init; } = 1;

    /// <summary>Gets the most tokens of noise per fact of a bAbI story in a document of one segment.</summary>
    public double Noise { get; init; } = 30;

    /// <summary>Gets the share of documents that tell the same thing of all their people.</summary>
    public double OneRelationShare { get; init; }

    /// <summary>Gets the share of facts, and of items, that are told as a mere list: person and value.</summary>
    public double ListShare { get; init; }

    /// <summary>Gets the share of documents whose people have middle names, as those of seeds from 4,096 on.</summary>
    public double MiddleNameShare { get; init; } = 0.2;

    /// <summary>Gets the most items behind a document.</summary>
    public int Items { get; init; } = 12;

    /// <summary>Gets how often a fact may be asked.</summary>
    public int AsksPerFact { get; init; } = 1;

    /// <summary>Gets the share of items that are questions; the rest are restatements.</summary>
    public double QuestionShare { get; init; }

    /// <summary>Gets the loss weight of a restatement's tokens besides the value.</summary>
    public double LanguageWeight { get; init; } = 0.1;

    /// <summary>Gets the seed of the examples.</summary>
    public int DataSeed { get; init; } = 7;

    /// <summary>Gets the rank of an adapter.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Gets the alpha of an adapter.</summary>
    public double Alpha { get; init; } = 16;
}
