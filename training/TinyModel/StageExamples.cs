using LLoCO.Core.Numerics;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation.Synth;
using LLoCO.Training;

namespace LLoCO.Models.Tiny.Training;

/// <summary>The documents of a stage: practice corpus, bAbI stories in books, stories and books, each with its share.</summary>
internal sealed class StageExamples : ITrainingExamples
{
    private readonly TrainingStage _stage;
    private readonly SynthExamples _synth;
    private readonly BabiExamples? _babi;
    private readonly TextExamples? _text;

    internal StageExamples(TrainingStage stage, ITokenizer tokenizer, TrainingData data, int summaryLength)
    {
        _stage = stage;
        _synth = new SynthExamples(tokenizer, SynthExampleOptions.For(stage));
        if (stage.BabiShare + stage.TextShare > 0)
        {
            var encoder = new WordEncoder(tokenizer);
            var noise = new BookNoise(data, encoder);
            _babi = stage.BabiShare > 0 ? new BabiExamples(stage, tokenizer, encoder, noise, data, summaryLength) : null;
            _text = stage.TextShare > 0 ? new TextExamples(stage, tokenizer, encoder, noise, data) : null;
        }
    }

    /// <inheritdoc/>
    public TrainingExample? Next(SeededRandom random, int segments, bool alone, bool raw)
    {
        double draw = random.NextDouble();
        return draw < _stage.BabiShare ? _babi!.Next(random, segments, alone, raw)
            : draw < _stage.BabiShare + _stage.TextShare ? _text!.Next(random, segments, alone, raw)
            : _synth.Next(random, segments);
    }
}
