using LLoCO.Core.Numerics;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation.Synth;
using LLoCO.Training;

namespace LLoCO.Models.Tiny.Training;

/// <summary>The documents of a stage: practice corpus, the open one, bAbI stories in books, stories and books, each with its share.</summary>
internal sealed class StageExamples : ITrainingExamples
{
    private readonly TrainingStage _stage;
    private readonly SynthExamples _synth;
    private readonly BabiExamples? _babi;
    private readonly TextExamples? _text;
    private readonly OpenExamples? _open;

    internal StageExamples(TrainingStage stage, ITokenizer tokenizer, TrainingData data, int summaryLength)
    {
        _stage = stage;
        _synth = new SynthExamples(tokenizer, SynthExampleOptions.For(stage));
        BookNoise? noise = null;
        if (stage.BabiShare + stage.TextShare > 0 || stage.OpenNoise)
        {
            var encoder = new WordEncoder(tokenizer);
            noise = new BookNoise(data, encoder);
            _babi = stage.BabiShare > 0 ? new BabiExamples(stage, tokenizer, encoder, noise, data, summaryLength) : null;
            _text = stage.TextShare > 0 ? new TextExamples(stage, tokenizer, encoder, noise, data) : null;
        }

        _open = stage.OpenShare > 0
            ? new OpenExamples(
                tokenizer, OpenExampleOptions.For(stage), OpenLexicon.OfTexts(data.BookTexts()),
                stage.OpenNoise ? noise!.Take : null)
            : null;
    }

    /// <inheritdoc/>
    public TrainingExample? Next(SeededRandom random, int segments, bool alone, bool raw)
    {
        double draw = random.NextDouble();
        return draw < _stage.BabiShare ? _babi!.Next(random, segments, alone, raw)
            : draw < _stage.BabiShare + _stage.TextShare ? _text!.Next(random, segments, alone, raw)
            : draw < _stage.BabiShare + _stage.TextShare + _stage.OpenShare ? _open!.Next(random, segments, alone, raw)
            : _synth.Next(random, segments);
    }
}
