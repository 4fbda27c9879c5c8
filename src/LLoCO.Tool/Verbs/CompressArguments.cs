using System.CommandLine;
using LLoCO.Core;
using LLoCO.Readers;

namespace LLoCO.Tool.Verbs;

/// <summary>The options of <c>lloco compress</c>.</summary>
internal sealed class CompressArguments
{
    /// <summary>Gets the files and folders.</summary>
    public Argument<string[]> Paths { get; } = new("path")
    {
        Description = "Files, or folders of files: " + string.Join(", ", DocumentReaders.Default.Extensions) + ".",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Gets the index file.</summary>
    public Option<string> Index { get; } = new("--index") { Description = "Index file, or postgres://… address.", Required = true, HelpName = IndexArguments.HelpName };

    /// <summary>Gets the group of the documents.</summary>
    public Option<string> Group { get; } = new("--group")
    {
        Description = "Group of the documents, which selects the adapter; auto: the group of the index whose documents are most alike, or "
            + "unsure.",
        DefaultValueFactory = _ => SourceDocument.DefaultGroup,
    };

    /// <summary>Gets whether first questions are prepared.</summary>
    public Option<bool> Prefill { get; } = new("--prefill")
    {
        Description = "Also prefills the summary embeddings and keeps their KV cache in --prefix-folder for the first questions.",
    };

    /// <summary>Gets what stands in front of each id.</summary>
    public Option<string> Prefix { get; } = new("--prefix")
    {
        Description = "Prefix of each document's id, such as a folder's name and a slash; keeps files of the same name apart.",
        HelpName = "TEXT",
    };

    /// <summary>Gets whether documents of the same id give way.</summary>
    public Option<bool> Replace { get; } = new("--replace")
    {
        Description = "Lets documents replace others with the same id that have another group or are from another file.",
    };

    /// <summary>Gets the options of the fidelity measurement.</summary>
    public FidelityArguments Fidelity { get; } = new();

    /// <summary>Gets the options of what documents are kept as.</summary>
    public MemoryArguments Memory { get; init; } = new();

    /// <summary>Adds the options to the verb.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="common">Options of several verbs.</param>
    public void AddTo(Command verb, CommonArguments common)
    {
        verb.Add(Paths);
        foreach (Option option in new Option[] { Index, Group, Prefix, Replace, Prefill, common.PrefixFolder, common.Adapter })
        {
            verb.Add(option);
        }

        Memory.AddTo(verb);
        Fidelity.AddTo(verb);
        common.AddModelTo(verb);
    }

    /// <summary>Finds the files and names what was passed over.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="console">Where that is named.</param>
    /// <param name="cancellationToken">Checked for each file.</param>
    public IReadOnlyList<FoundFile> FindFiles(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
    {
        var files = new DocumentFiles(DocumentReaders.Default.Extensions);
        IReadOnlyList<FoundFile> found = files.Find(parsed.GetValue(Paths)!, cancellationToken);
        PassedOver.Say(files, console);
        return found;
    }

    /// <summary>Makes documents of files. A file that the index holds keeps its id there, unless ids are given a prefix.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="files">The files.</param>
    /// <param name="pipeline">The pipeline with the index.</param>
    /// <param name="cancellationToken">Cancels reading the index.</param>
    public async Task<IReadOnlyList<SourceDocument>> ToDocumentsAsync(
        ParseResult parsed, IReadOnlyList<FoundFile> files, LlocoPipeline pipeline, CancellationToken cancellationToken)
    {
        string group = parsed.GetValue(Group)!;
        string prefix = parsed.GetValue(Prefix) ?? string.Empty;
        IReadOnlyList<FoundFile> named = prefix.Length > 0
            ? files
            : await pipeline.Index.KeepIdsAsync(files, group == AutoGroup.Name ? null : group, cancellationToken).ConfigureAwait(false);
        return [.. named.Select(file =>
            DocumentReaders.Default.ToDocument(file.Path, group, prefix + file.Id, parsed.GetValue(Replace)))];
    }
}
