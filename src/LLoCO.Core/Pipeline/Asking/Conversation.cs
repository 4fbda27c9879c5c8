using LLoCO.Core.Decoding;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>The part of a conversation that is read with a question, as raw text.</summary>
/// <param name="Tokens">The ids of instructions and turns.</param>
/// <param name="Turns">Turns read, counted from the last one.</param>
internal sealed record Conversation(IReadOnlyList<int> Tokens, int Turns)
{
    // The words of older turns would outweigh those of the question.
    private const int SearchedTurns = 2;

    /// <summary>Joins the question with the last turns, for the search.</summary>
    /// <param name="question">The question.</param>
    /// <param name="options">The options with the turns.</param>
    public static string ForSearch(string question, AskOptions options)
    {
        IEnumerable<string> questions = options.History.TakeLast(SearchedTurns).Select(turn => turn.Question);
        return options.History.Count == 0
            ? question
            : string.Join('\n', questions.Append(options.History[^1].Answer).Prepend(question));
    }

    /// <summary>Encodes the instructions.</summary>
    /// <param name="options">The options with the instructions.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <returns>The ids; none where there are no instructions.</returns>
    public static IReadOnlyList<int> EncodeInstructions(AskOptions options, ITokenizer tokenizer) =>
        string.IsNullOrWhiteSpace(options.Instructions) ? [] : tokenizer.Encode(options.Instructions + "\n");

    /// <summary>Takes the last turns that fit, whole ones only.</summary>
    /// <param name="asked">The question; its budget counts the instructions already.</param>
    /// <param name="room">Positions that turns may take.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    public static Conversation Read(AskedQuestion asked, int room, ITokenizer tokenizer)
    {
        var turns = new List<IReadOnlyList<int>>();
        foreach (ConversationTurn turn in asked.Options.History.Reverse())
        {
            IReadOnlyList<int> ids = tokenizer.Encode($"Question: {turn.Question}\nAnswer: {turn.Answer}\n");
            if (ids.Count > room)
            {
                break;
            }

            room -= ids.Count;
            turns.Insert(0, ids);
        }

        IReadOnlyList<int> instructions = EncodeInstructions(asked.Options, tokenizer);
        return new Conversation([.. instructions, .. turns.SelectMany(ids => ids)], turns.Count);
    }

    /// <summary>Counts the turns in the question's budget; the instructions are there already.</summary>
    /// <param name="asked">The question.</param>
    /// <returns>The question, with what is left.</returns>
    public AskedQuestion CountIn(AskedQuestion asked) =>
        asked with { Budget = asked.Budget with { RawText = Tokens.Count } };
}
