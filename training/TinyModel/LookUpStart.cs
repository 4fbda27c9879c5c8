using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Numerics;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Models.Tiny.Training;

/// <summary>
/// Weights that can look up a key of several pieces before the first step: from random ones, a small model needs tens of millions
/// of tokens to find this circuit (induction heads: Olsson et al., arXiv 2209.11895; that a start of the right structure helps:
/// mimetic initialization, arXiv 2305.09828).
/// </summary>
/// <remarks>
/// The residual stream begins as a constant, a token part and an empty context part. The heads of the first layer look back 1, 2, 3 …
/// places, by rotation alone, and write what they see into the context part, each turned once more than the one before. So the
/// context one place later, turned once and with the token itself, is what a key looks like: the heads of the second layer compare
/// these and fetch the token that follows the key. Everything else is random, and everything is trained.
/// </remarks>
internal sealed class LookUpStart
{
    private const double Constant = 0.5;
    private const double Sharpness = 3;
    private const double Distance = 12;
    private const double Copied = 3;

    /// <summary>How far the first layer looks back. Each place more adds noise to all comparisons.</summary>
    private const int MaxBack = 4;

    private readonly LlamaConfig _config;
    private readonly SeededRandom _random;
    private readonly int _head;
    private readonly int _token;
    private readonly int _context;
    private readonly float[,] _turn;
    private readonly float[,] _seen;
    private readonly float[,] _written;

    private LookUpStart(LlamaConfig config, long seed)
    {
        (_config, _head) = (config, config.HeadDimension);
        _random = SeededRandom.For((int)seed, "look-up");
        _token = config.HiddenSize / 2;
        _context = config.HiddenSize - 1 - _token;
        _turn = RandomMatrix.Orthonormal(_random, _context, _context);
        _seen = RandomMatrix.Orthonormal(_random, _head, _token);
        _written = RandomMatrix.Orthonormal(_random, _head, _context);
    }

    /// <summary>Overwrites random weights.</summary>
    /// <param name="weights">The weights, at least two layers.</param>
    /// <param name="seed">The seed of what stays random in the structure.</param>
    internal static void Write(LlamaWeights weights, long seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        var start = new LookUpStart(weights.Config, seed);
        start.Tokens(weights.TokenEmbedding);
        start.LookBack(weights.Layers[0]);
        start.LookUp(weights.Layers[1]);
    }

    private int Back => Math.Min(_config.Heads, MaxBack);

    private double Root => Math.Sqrt(_config.HiddenSize);

    private static double TokenNorm => Math.Sqrt(1 - (Constant * Constant));

    /// <summary>All rows of length 1, so that the norm leaves the constant constant.</summary>
    private void Tokens(Tensor embedding)
    {
        var rows = new float[_config.VocabularySize, _config.HiddenSize];
        for (int id = 0; id < _config.VocabularySize; id++)
        {
            rows[id, 0] = (float)Constant;
            float[] direction = RandomMatrix.Direction(_random, _token);
            for (int i = 0; i < _token; i++)
            {
                rows[id, 1 + i] = (float)(TokenNorm * direction[i]);
            }
        }

        Set(embedding, rows);
    }

    /// <summary>Head <c>h</c> attends to the place <c>h + 1</c> before: query and key are constants that the rotation of the fast
    /// pairs brings together there.</summary>
    private void LookBack(LlamaLayerWeights layer)
    {
        int pairs = _head / 2;
        (float[,] query, float[,] key, float[,] value, float[,] output) = Heads();
        double[] frequencies = Frequencies();
        double sharp = frequencies.Take(Fast()).Sum(frequency => 1 - Math.Cos(frequency));
        double strength = Math.Sqrt(Distance / 2 * Math.Sqrt(_head) / sharp) / (Constant * Root);
        for (int head = 0; head < Back; head++)
        {
            for (int pair = 0; pair < Fast(); pair++)
            {
                double angle = frequencies[pair] * (head + 1);
                query[(head * _head) + pair, 0] = (float)strength;
                key[(head * _head) + pair, 0] = (float)(strength * Math.Cos(angle));
                key[(head * _head) + pair + pairs, 0] = (float)(strength * Math.Sin(angle));
            }

            WriteContext(head, value, output);
        }

        Add(layer, query, key, value, output);
    }

    /// <summary>What a head of the first layer sees, on its way into the context part.</summary>
    private void WriteContext(int head, float[,] value, float[,] output)
    {
        float[,] written = _written;
        for (int turn = 0; turn < head; turn++)
        {
            written = RandomMatrix.Product(written, _turn);
        }

        // What is seen has lost a part of its length on the way to a head's width.
        double scale = Math.Sqrt((double)_token / _head) / Root;
        for (int i = 0; i < _head; i++)
        {
            for (int j = 0; j < _token; j++)
            {
                value[(head * _head) + i, 1 + j] = _seen[i, j];
            }

            for (int j = 0; j < _context; j++)
            {
                output[1 + _token + j, (head * _head) + i] = (float)(scale * written[i, j]);
            }
        }
    }

    /// <summary>Compares the context of a place, turned, with the contexts of the places before, in the slow pairs, which the rotation
    /// leaves alone; and fetches the token there.</summary>
    private void LookUp(LlamaLayerWeights layer)
    {
        int pairs = _head / 2;
        int[] slow = [.. Enumerable.Range(Fast(), pairs - Fast()).SelectMany(pair => (int[])[pair, pair + pairs])];
        (float[,] query, float[,] key, float[,] value, float[,] output) = Heads();

        // After the first layer a place has its token and as many of context as places were looked back, all of about one length.
        double length = Root / Math.Sqrt(1 + (Back * TokenNorm * TokenNorm));
        double each = length * TokenNorm * Math.Sqrt((double)slow.Length / _context);
        double strength = Math.Sqrt(Sharpness * Math.Sqrt(_head)) / each;
        for (int head = 0; head < _config.Heads; head++)
        {
            Compare(head, slow, strength, query, key);
            for (int i = 0; i < _head; i++)
            {
                int place = 1 + (((head * _head) + i) % _token);
                value[(head * _head) + i, place] = 1;
                output[place, (head * _head) + i] = (float)(Copied / length / Math.Ceiling((double)_config.Heads * _head / _token));
            }
        }

        Add(layer, query, key, value, output);
    }

    /// <summary>Query and key of a head of the second layer: the same random view of the context turned once and of the context.</summary>
    private void Compare(int head, int[] slow, double strength, float[,] query, float[,] key)
    {
        float[,] view = RandomMatrix.Orthonormal(_random, slow.Length, _context);
        float[,] turned = RandomMatrix.Product(view, RandomMatrix.Transposed(_turn));
        float[,] token = RandomMatrix.Product(RandomMatrix.Product(view, RandomMatrix.Transposed(_written)), _seen);
        for (int i = 0; i < slow.Length; i++)
        {
            int row = (head * _head) + slow[i];
            for (int j = 0; j < _context; j++)
            {
                key[row, 1 + _token + j] = (float)(strength * view[i, j]);
                query[row, 1 + _token + j] = (float)(strength * turned[i, j]);
            }

            for (int j = 0; j < _token; j++)
            {
                query[row, 1 + j] = (float)(strength * Math.Sqrt((double)_token / _head) * token[i, j]);
            }
        }
    }

    /// <summary>How many pairs turn fast enough to tell places apart.</summary>
    private int Fast() => Frequencies().Count(frequency => frequency > 0.02);

    private double[] Frequencies() =>
        [.. Enumerable.Range(0, _head / 2).Select(pair => Math.Pow(_config.RopeTheta, -2.0 * pair / _head))];

    private (float[,] Query, float[,] Key, float[,] Value, float[,] Output) Heads()
    {
        (int width, int all) = (_config.HiddenSize, _config.Heads * _head);
        return (new float[all, width], new float[all, width], new float[all, width], new float[width, all]);
    }

    private static void Add(LlamaLayerWeights layer, float[,] query, float[,] key, float[,] value, float[,] output)
    {
        Set(layer[LoraTarget.Query], query);
        Set(layer[LoraTarget.Key], key);
        Set(layer[LoraTarget.Value], value);
        Set(layer[LoraTarget.Output], output);
    }

    /// <summary>Sets what the structure says; where it says nothing, the random weights stay.</summary>
    private static void Set(Tensor weight, float[,] structure)
    {
        Tensor wanted = tensor(structure).to(weight.dtype).to(weight.device);
        weight.copy_(weight.Plus(wanted));
    }
}
