using LLoCO.Core;
using LLoCO.Extensions.AI;
using Microsoft.Agents.AI;

namespace LLoCO.Extensions.Agents;

/// <summary>A pipeline as an agent.</summary>
public static class LlocoAgentExtensions
{
    /// <summary>Lets a pipeline answer as an agent: alone, in workflows, or as a tool of another agent.</summary>
    /// <param name="pipeline">The pipeline; stays the caller's to dispose.</param>
    /// <param name="options">How its questions are asked; defaults with <see langword="null"/>.</param>
    /// <param name="name">The agent's name; the model's with <see langword="null"/>.</param>
    /// <param name="description">What it can answer, for agents that choose.</param>
    /// <param name="instructions">Instructions, read as raw text before each question.</param>
    /// <returns>The agent. A session holds its history; turns that do not fit the window are left out from the oldest.</returns>
    /// <exception cref="LlocoException">An option is out of range.</exception>
    public static ChatClientAgent AsAIAgent(
        this LlocoPipeline pipeline,
        LlocoChatOptions? options = null,
        string? name = null,
        string? description = null,
        string? instructions = null)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        options ??= new LlocoChatOptions();
        return new ChatClientAgent(
            pipeline.AsChatClient(options),
            new ChatClientAgentOptions
            {
                Name = name ?? options.ModelId,
                Description = description,
                ChatOptions = instructions is null ? null : new Microsoft.Extensions.AI.ChatOptions { Instructions = instructions },

                // The model calls no functions: nothing has to be put in front of it.
                UseProvidedChatClientAsIs = true,
            });
    }
}
