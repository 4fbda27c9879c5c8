using System.Runtime.CompilerServices;
using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Training.Grouping;

namespace LLoCO.Tool;

/// <summary>Gives documents the groups that they fit, as they are read.</summary>
/// <param name="pipeline">The pipeline with the index.</param>
internal sealed class AutoGroup(LlocoPipeline pipeline)
{
    /// <summary>As a group: the one that fits.</summary>
    public const string Name = "auto";

    /// <summary>Refuses the name where groups are not found.</summary>
    /// <param name="group">The group that is named.</param>
    /// <returns>The same.</returns>
    /// <exception cref="ToolUsageException">It is <c>auto</c>.</exception>
    public static string Refuse(string group) => group == Name
        ? throw new ToolUsageException($"--group {Name}, which finds the group of a document, is of 'lloco compress' and 'lloco learn'. Name a group "
            + "here.")
        : group;

    private readonly Dictionary<string, GroupAssignment> _assigned = new(StringComparer.Ordinal);

    /// <summary>Finds what a document was assigned.</summary>
    /// <param name="documentId">The document.</param>
    /// <returns>The assignment; <see langword="null"/> where the index held it already, or it could not be read.</returns>
    public GroupAssignment? Find(string documentId)
    {
        lock (_assigned)
        {
            return _assigned.GetValueOrDefault(documentId);
        }
    }

    /// <summary>Assigns documents. One that the index holds keeps its group.</summary>
    /// <param name="documents">The documents, of any group.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    public async IAsyncEnumerable<SourceDocument> AssignAsync(
        IEnumerable<SourceDocument> documents, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        GroupAssigner assigner = await GroupAssigner.LoadAsync(pipeline, null, cancellationToken).ConfigureAwait(false);
        foreach (SourceDocument document in documents)
        {
            DocumentRecord? stored = await pipeline.Index.FindAsync(document.Id, cancellationToken).ConfigureAwait(false);
            string group = stored?.Group ?? await AssignAsync(assigner, document, cancellationToken).ConfigureAwait(false);

            // Read again when its turn comes, rather than held meanwhile.
            yield return new SourceDocument(document.Id, document.LoadAsync, group)
            {
                Origin = document.Origin, Replaces = document.Replaces,
            };
        }
    }

    private async Task<string> AssignAsync(GroupAssigner assigner, SourceDocument document, CancellationToken cancellationToken)
    {
        try
        {
            string text = await document.LoadAsync(cancellationToken).ConfigureAwait(false);
            GroupAssignment assignment = await assigner.AssignAsync(document.Id, text, cancellationToken).ConfigureAwait(false);
            lock (_assigned)
            {
                _assigned[document.Id] = assignment;
            }

            return assignment.Group;
        }
        catch (Exception fault) when (fault is LlocoException or IOException or UnauthorizedAccessException)
        {
            // It fails again when it is compressed, with a result that says why.
            return GroupingOptions.Unsure;
        }
    }
}
