using System.ComponentModel.DataAnnotations;
using System.Globalization;
using LLoCO.Core;
using Microsoft.Extensions.AI;

namespace LLoCO.Training.SelfStudy;

/// <summary>Any <see cref="IChatClient"/> as a teacher.</summary>
public static class ChatClientExtensions
{
    /// <summary>Lets a chat client write the questions and answers of self-study.</summary>
    /// <remarks>A chat client gives text only, so a student learns from its answers and not from its probabilities. Give
    /// <see cref="SelfStudyOptions.Prompts"/> as <see cref="StudyPrompt.Instructed"/>, and raise
    /// <see cref="SelfStudyOptions.Concurrency"/> if the client uses a network. The raw text of documents is sent to the
    /// client.</remarks>
    /// <param name="client">The client; stays the caller's.</param>
    /// <param name="options">How it is asked; defaults with <see langword="null"/>.</param>
    /// <returns>A teacher; safe for concurrent use, as the client is.</returns>
    /// <exception cref="LlocoException">An option is out of range.</exception>
    public static ITeacher AsTeacher(this IChatClient client, ChatTeacherOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        options ??= new ChatTeacherOptions();
        var faults = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true)
            ? new ChatTeacher(client, options)
            : throw new LlocoException(
                $"The teacher's options cannot be used. {string.Join(" ", faults.Select(fault => fault.ErrorMessage))}");
    }

    private sealed class ChatTeacher(IChatClient client, ChatTeacherOptions options) : ITeacher
    {
        public string Fingerprint { get; } = Describe(client, options);

        public int MaxPromptTokens => options.MaxPromptTokens;

        public async Task<IReadOnlyList<TeacherReply>> AskAsync(
            TeacherRequest request, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(request);
            var messages = new List<ChatMessage>();
            if (options.SystemMessage is { } system)
            {
                messages.Add(new ChatMessage(ChatRole.System, system));
            }

            messages.Add(new ChatMessage(ChatRole.User, request.Prompt));
            ChatResponse response = await client.GetResponseAsync(
                messages,
                new ChatOptions
                {
                    Seed = request.Seed,
                    Temperature = options.Temperature,
                    MaxOutputTokens = options.MaxOutputTokens,
                    ModelId = options.ModelId,
                },
                cancellationToken).ConfigureAwait(false);
            return [new TeacherReply(response.Text)];
        }

        private static string Describe(IChatClient client, ChatTeacherOptions options)
        {
            var metadata = client.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata;
            string model = options.ModelId ?? metadata?.DefaultModelId ?? "default";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"chat/{metadata?.ProviderName ?? client.GetType().FullName}/{model}/{options.Temperature}/"
                + $"{options.MaxOutputTokens}/{options.SystemMessage}");
        }
    }
}
