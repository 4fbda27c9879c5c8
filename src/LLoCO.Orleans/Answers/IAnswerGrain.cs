using Orleans;

namespace LLoCO.Orleans.Answers;

/// <summary>Answers questions about the same documents, on the silo that has their prefix and the adapter. Its key names the group and the
/// documents; where it is activated, they are loaded.</summary>
internal interface IAnswerGrain : IGrainWithStringKey
{
    /// <summary>Begins an answer, and does not wait for it.</summary>
    /// <param name="request">The question.</param>
    /// <exception cref="ClusterBusyException">The silo has as many questions as it may have.</exception>
    Task BeginAsync(AnswerRequest request);

    /// <summary>Reads on. A silo keeps the text of an answer until it has been read, or nobody has read for a while.</summary>
    /// <param name="id">The question's number.</param>
    /// <param name="from">How many characters the reader has.</param>
    /// <param name="longest">How long to wait for more.</param>
    Task<AnswerPart> ReadAsync(Guid id, int from, TimeSpan longest);

    /// <summary>Ends an answer. A call that runs into its time-out does not.</summary>
    /// <param name="id">The question's number.</param>
    Task StopAsync(Guid id);
}
