using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Sampling;
using LLoCO.Core.Lora;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Validation;

namespace LLoCO.Training.SelfStudy;

/// <summary>The model as its own teacher: it sees a stretch of raw text in its native window, reads it once, and writes replies
/// behind it with different random numbers.</summary>
internal sealed class ModelTeacher : ITeacher
{
    private const int SeedStep = 1_000_003;

    private readonly LoadedModel _model;
    private readonly ITokenizer _tokenizer;
    private readonly ModelTeacherOptions _options;
    private readonly LoraAdapter? _adapter;

    /// <summary>Creates a teacher.</summary>
    /// <param name="model">The model; not disposed here.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="options">How to write.</param>
    /// <exception cref="LlocoException">There is no adapter of that name, or replies leave no room for a prompt.</exception>
    internal ModelTeacher(LoadedModel model, ITokenizer tokenizer, ModelTeacherOptions options)
    {
        OptionsFaults.ThrowIfAny(options, "teacher's options");
        _model = model;
        _tokenizer = tokenizer;
        _options = options;
        string name = options.Adapter
            ?? (model.Adapters.Contains(ModelTeacherOptions.TeacherAdapter) ? ModelTeacherOptions.TeacherAdapter : string.Empty);
        _adapter = model.FindAdapter(name.Length == 0 ? null : name);
        MaxPromptTokens = new WindowBudget(model.Config.MaxPositions) { Answer = options.MaxNewTokens }.Room;
        if (MaxPromptTokens < 1)
        {
            throw new LlocoException(
                $"Replies of {options.MaxNewTokens} tokens leave no room in a native window of {model.Config.MaxPositions}. "
                + "Lower MaxNewTokens.");
        }

        Fingerprint = string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Fingerprint.Model}/{model.Fingerprint.Tokenizer}/{_adapter?.Hash()}/{options.Temperature}/{options.TopP}/"
            + $"{options.MaxNewTokens}/{options.TopLogits}");
    }

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public int MaxPromptTokens { get; }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TeacherReply>> AskAsync(TeacherRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        int[] prompt = [.. _tokenizer.Encode(request.Prompt)];
        _model.CheckIds(prompt, "prompt");
        new WindowBudget(_model.Config.MaxPositions) { Prompt = prompt.Length, Answer = _options.MaxNewTokens }.EnsureFits();

        GenerationOptions generation = new()
        {
            MaxNewTokens = _options.MaxNewTokens, Temperature = _options.Temperature, TopP = _options.TopP,
        };
        var replies = new List<TeacherReply>(request.Count);
        using ReplySampler sampler = await _model.Worker.RunAsync(
            () => ReplySampler.Begin(
                new DecodeSession(_model.Model, _adapter, prompt.Length + _options.MaxNewTokens), prompt, _tokenizer, generation),
            cancellationToken).ConfigureAwait(false);
        for (int number = 0; number < request.Count; number++)
        {
            // One reply per job, so that other work can use the model in between.
            int seed = unchecked((request.Seed * SeedStep) + number);
            (string text, IReadOnlyList<SampledToken> tokens) = await _model.Worker.RunAsync(
                () => sampler.Write(seed, request.GreedyAfter, _options.TopLogits), cancellationToken).ConfigureAwait(false);
            replies.Add(new TeacherReply(text, [.. tokens.Select(Told)]));
        }

        return replies;
    }

    private static ReplyToken Told(SampledToken token) =>
        new(token.Id, token.Start, token.LogProbability, token.TopIds, token.TopLogProbabilities);
}
