using System.Text.Json;
using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>Writes the keys of a <c>config.json</c>.</summary>
internal static class LlamaConfigWriter
{
    public static void Write(Stream stream, LlamaConfig config)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartArray("architectures");
        json.WriteStringValue(Architecture(config));
        json.WriteEndArray();
        json.WriteString("model_type", config.ModelType);
        string activation = config.Plan.Activation == Activation.GeluTanh ? "gelu_pytorch_tanh" : "silu";
        json.WriteString("hidden_act", activation);
        if (config.Plan.Activation == Activation.GeluTanh)
        {
            json.WriteString("hidden_activation", activation);
        }

        PlanConfig.Write(json, config.Plan, config.Layers);
        json.WriteNumber("vocab_size", config.VocabularySize);
        json.WriteNumber("hidden_size", config.HiddenSize);
        json.WriteNumber("intermediate_size", config.IntermediateSize);
        json.WriteNumber("num_hidden_layers", config.Layers);
        json.WriteNumber("num_attention_heads", config.Heads);
        json.WriteNumber("num_key_value_heads", config.KeyValueHeads);
        json.WriteNumber("head_dim", config.HeadDimension);
        json.WriteNumber("max_position_embeddings", config.MaxPositions);
        json.WriteNumber("rms_norm_eps", config.NormEpsilon);
        RopeConfigWriter.Write(json, config);
        json.WriteBoolean("tie_word_embeddings", config.TieWordEmbeddings);
        WriteIds(json, config);
        json.WriteNumber("summary_length", config.SummaryLength);
        json.WriteBoolean("accumulate_summary", config.AccumulateSummary);
        json.WriteBoolean("segment_gradient_checkpointing", false);
        json.WriteNumber("segment_length", config.SegmentLength);
        json.WriteString("segment_boundary", config.SegmentBoundary == SegmentBoundary.Sentence ? "sentence" : "token");
        json.WriteEndObject();
    }

    /// <summary>The class that reads the model; the original's is for Llama only.</summary>
    private static string Architecture(LlamaConfig config) => config.SummaryLength > 0 && config.ModelType == ModelPlan.Llama.ModelType
        ? "LlamaAutoCompressorModel"
        : ModelFamily.Find(config.ModelType)!.Architecture;

    private static void WriteIds(Utf8JsonWriter json, LlamaConfig config)
    {
        WriteId("bos_token_id", config.BeginOfSequenceId);
        if (config.EndOfSequenceIds.Count <= 1)
        {
            WriteId("eos_token_id", config.EndOfSequenceIds.Count == 1 ? config.EndOfSequenceIds[0] : null);
        }
        else
        {
            json.WriteStartArray("eos_token_id");
            foreach (int id in config.EndOfSequenceIds)
            {
                json.WriteNumberValue(id);
            }

            json.WriteEndArray();
        }

        WriteId("pad_token_id", config.PadId);

        void WriteId(string key, int? id)
        {
            if (id is { } value)
            {
                json.WriteNumber(key, value);
            }
            else
            {
                json.WriteNull(key);
            }
        }
    }
}
