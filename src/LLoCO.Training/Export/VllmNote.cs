using System.Globalization;

namespace LLoCO.Training.Export;

/// <summary>The note beside an export: how the server is started, and what to know about it.</summary>
internal static class VllmNote
{
    /// <summary>Name of the note.</summary>
    internal const string FileName = "README.md";

    /// <summary>Name of the chat template.</summary>
    internal const string TemplateFile = "chat_template.jinja";

    /// <summary>A chat template that adds nothing: the parts one behind the other, as this library reads them.</summary>
    internal const string Template =
        "{%- for message in messages -%}{%- for part in message['content'] -%}{{ part['text'] }}{%- endfor -%}{%- endfor -%}";

    /// <summary>The sizes that vLLM knows for <c>--max-lora-rank</c>.</summary>
    private static readonly int[] Ranks = [8, 16, 32, 64, 128, 256, 320, 512];

    /// <summary>Writes the note.</summary>
    /// <param name="model">The base model's name.</param>
    /// <param name="adapter">The adapter, or <see langword="null"/>.</param>
    /// <param name="rank">Its rank.</param>
    /// <param name="completes">Whether there is a completion request.</param>
    internal static string Format(string model, string? adapter, int? rank, bool completes)
    {
        string lora = adapter is null
            ? string.Empty
            : string.Create(
                CultureInfo.InvariantCulture,
                $" \\\n  --enable-lora --lora-modules {adapter}=adapter --max-lora-rank {Ranks.FirstOrDefault(size => size >= rank, rank ?? 16)}");
        string completion = completes
            ? $"\n    curl -H 'Content-Type: application/json' -d @{VllmExport.CompletionFile} http://localhost:8000/v1/completions\n"
            : string.Empty;
        return $"""
            # Asking a vLLM server from summary embeddings

            Start the server in this folder. MODEL is the folder of the model that made the summary embeddings:

                vllm serve MODEL --served-model-name {model} --enable-prompt-embeds --no-enable-prefix-caching \
                  --chat-template {TemplateFile} --chat-template-content-format openai{lora}

            Then ask:

                curl -H 'Content-Type: application/json' -d @{VllmExport.ChatFile} http://localhost:8000/v1/chat/completions
            {completion}
            | file | content |
            |---|---|
            | {VllmExport.EmbedsFile} | base64 of what torch.save writes of one tensor, [summary embeddings, hidden size] |
            | {VllmExport.ChatFile} | a message of two parts: `prompt_embeds` and the prompt as text |
            | {VllmExport.CompletionFile} | the same with the prompt as vectors, so that no template or tokenizer of the server has a say (only if a question was given) |
            | {TemplateFile} | a chat template that adds nothing: the prompt has all that stands around the question |
            | {VllmExport.AdapterFolder}/ | the adapter as a PEFT folder, if one reads the document |

            - `--enable-prompt-embeds` accepts vectors of any client. vLLM's documentation warns that a wrong shape may crash the server:
              give only trusted clients access.
            - `prompt_embeds` as a part of a chat message needs a vLLM of summer 2026 or later; completion requests work with older ones.
            - `--no-enable-prefix-caching`: requests that mix vectors and text were reported to hit wrong entries of the prefix cache.
            - vLLM has no tests of prompt embeddings together with LoRA. Compare its first answers with those of `lloco ask`.
            - vLLM does not know `embed_summary.weight` and the architecture name of AutoCompressors. Serve a copy of the model folder
              without this tensor and with `"architectures": ["LlamaForCausalLM"]` (or the name of its own family).
            """.ReplaceLineEndings("\n") + "\n";
    }
}
