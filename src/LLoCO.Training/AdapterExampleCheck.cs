using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Runtime;

namespace LLoCO.Training;

/// <summary>Refuses examples that a model cannot learn from, before the first step, and computes a hash of run and
/// data.</summary>
internal sealed class AdapterExampleCheck(LoadedModel model, ModelFingerprint fingerprint)
{
    /// <summary>Checks all examples of the first epoch, and hashes everything that a run depends on.</summary>
    /// <returns>SHA-256, upper-case hex.</returns>
    /// <exception cref="LlocoException">An example does not fit; the message names it.</exception>
    internal string Hash(
        AdapterTrainingOptions options, IAdapterExampleSource examples, IReadOnlyList<AdapterExample> validation)
    {
        if (examples.Count < 1)
        {
            throw new LlocoException("There is no example to learn from. Give at least one question with its answer.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(options));
        hash.AppendData(Encoding.UTF8.GetBytes(fingerprint.ToString()));
        for (int i = 0; i < examples.Count; i++)
        {
            Add(hash, examples.Get(i, 0));
        }

        foreach (AdapterExample example in validation)
        {
            Add(hash, example);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private void Add(IncrementalHash hash, AdapterExample example)
    {
        Check(example);
        foreach (SummaryEmbeddings document in example.Documents)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(document.DocumentId));
            hash.AppendData(BitConverter.GetBytes(document.Count));
        }

        foreach (ReadOnlyMemory<int> ids in (ReadOnlySpan<ReadOnlyMemory<int>>)[example.RawText, example.Prompt, example.Answer])
        {
            hash.AppendData(BitConverter.GetBytes(ids.Length));
            hash.AppendData(MemoryMarshal.AsBytes(ids.Span));
        }
    }

    private void Check(AdapterExample example)
    {
        string what = $"example '{example.Id}'";
        try
        {
            model.CheckIds(example.Prompt.Span, $"prompt of {what}");
            model.CheckIds(example.Answer.Span, $"answer of {what}");
            if (!example.RawText.IsEmpty)
            {
                model.CheckIds(example.RawText.Span, $"raw text of {what}");
            }
        }
        catch (ArgumentException error)
        {
            throw new LlocoException(error.Message, error);
        }

        foreach (SummaryEmbeddings document in example.Documents)
        {
            fingerprint.EnsureMatches(document.Fingerprint, $"document '{document.DocumentId}' of {what}");
        }

        if (!(example.Weight > 0 && double.IsFinite(example.Weight)))
        {
            throw new LlocoException($"The weight of {what} is {example.Weight}; it must be above 0.");
        }

        var budget = new WindowBudget(model.Config.MaxPositions)
        {
            Prefix = example.Documents.Sum(document => (long)document.Count),
            RawText = example.RawText.Length,
            Prompt = example.Prompt.Length,
            Answer = example.Answer.Length,
        };
        if (!budget.Fits)
        {
            throw new LlocoException($"The {what} {budget.Explain()} Leave it out, or give it fewer documents.");
        }

        if (example.Teacher is { } teacher)
        {
            CheckTeacher(example, teacher, what);
        }
    }

    private void CheckTeacher(AdapterExample example, IReadOnlyList<TeacherToken> teacher, string what)
    {
        if (teacher.Count != example.Answer.Length)
        {
            throw new LlocoException(
                $"The {what} has {teacher.Count} teacher tokens for {example.Answer.Length} tokens of answer; there must be one "
                + "each.");
        }

        foreach (TeacherToken token in teacher)
        {
            if (token.Ids.Length == 0 || token.Ids.Length != token.LogProbabilities.Length)
            {
                throw new LlocoException(
                    $"A teacher token of {what} has {token.Ids.Length} ids and {token.LogProbabilities.Length} "
                    + "log-probabilities; there must be at least one, and as many of both.");
            }

            model.CheckIds(token.Ids.Span, $"teacher of {what}");
        }
    }
}
