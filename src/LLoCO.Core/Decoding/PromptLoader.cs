using LLoCO.Core.Tokenization;
using LLoCO.Core.Tokenization.Chat;

namespace LLoCO.Core.Decoding;

/// <summary>Loads the prompts of a model with the chat template that they stand in, if there is one.</summary>
internal static class PromptLoader
{
    /// <summary>As a choice: prompts without a chat template.</summary>
    public const string None = "none";

    /// <summary>As a choice: the model's own chat template, which must be there.</summary>
    public const string Chat = "chat";

    /// <summary>The words of a user's turn, for a model without a prompt of its own.</summary>
    private static readonly PromptTemplate Words =
        new("Answer the question from the text above.\nQuestion: " + PromptTemplate.QuestionMark);

    /// <summary>Loads the prompts of a model folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="choice"><see cref="None"/>, <see cref="Chat"/>, the file of a template, or <see langword="null"/> for the
    /// model's own template where it has one and <c>lloco.json</c> says nothing else.</param>
    /// <param name="prompt">A prompt in place of the model's own; <see langword="null"/> for that one.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <returns>The prompts.</returns>
    /// <exception cref="LlocoException">The template cannot be used; the message names the cause and the remedy.</exception>
    public static PromptSettings Load(string folder, string? choice, string? prompt, ITokenizer tokenizer)
    {
        PromptSettings own = PromptSettings.Read(folder);
        ChatTurn? turn = FindTurn(folder, choice, own, tokenizer);
        PromptTemplate given = prompt is not null ? new PromptTemplate(prompt)
            : turn is not null && !own.HasPrompt ? Words
            : own.Prompt;
        return own with
        {
            Prompt = given with { Turn = turn },
            Adapters = prompt is not null
                ? new Dictionary<string, PromptTemplate>()
                : own.Adapters.ToDictionary(entry => entry.Key, entry => entry.Value with { Turn = turn }, StringComparer.Ordinal),
        };
    }

    /// <summary>Finds the chat template of a folder that is used if nothing else is said.</summary>
    /// <param name="folder">The model folder.</param>
    /// <param name="own">Its prompts.</param>
    public static ChatTemplate? FindTemplate(string folder, PromptSettings own) =>
        own.UsesChat ?? !(own.HasPrompt || own.Adapters.Count > 0) ? ChatTemplateFile.Find(folder) : null;

    private static ChatTurn? FindTurn(string folder, string? choice, PromptSettings own, ITokenizer tokenizer)
    {
        if (choice == None || (choice is null && tokenizer is not IPromptTokenizer))
        {
            return null;
        }

        try
        {
            ChatTemplate? template = choice switch
            {
                null => FindTemplate(folder, own),
                Chat => ChatTemplateFile.Find(folder),
                _ => ChatTemplateFile.Load(choice, folder),
            };
            return template is null && (choice ?? (own.UsesChat == true ? Chat : null)) is not null
                ? throw new LlocoException($"'{folder}' has no chat template (chat_template.jinja or tokenizer_config.json).")
                : tokenizer is IPromptTokenizer || template is null
                    ? template?.FindTurn()
                    : throw new LlocoException("The tokenizer, which is your own, cannot encode the special tokens of a chat template.");
        }
        catch (LlocoException error)
        {
            throw new LlocoException(
                $"{error.Message} To ask without a chat template, or with another one: UseChatTemplate (--template none, or a file).",
                error);
        }
    }
}
