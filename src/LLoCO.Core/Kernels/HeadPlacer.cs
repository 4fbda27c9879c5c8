using LLoCO.Core.Families;

namespace LLoCO.Core.Kernels;

/// <summary>Applies a layer's norm of the heads, rotation and factor to queries and keys.</summary>
internal sealed unsafe class HeadPlacer : IDisposable
{
    private readonly KernelSet _kernels;
    private readonly DecoderShape _shape;
    private readonly NativeBlock _angles;
    private readonly NativeBlock? _localAngles;
    private NativeBlock _used;
    private NativeBlock? _queryNorm;
    private NativeBlock? _keyNorm;
    private bool _rotates;

    /// <summary>Allocates room for angles.</summary>
    /// <param name="shape">The model's shape.</param>
    /// <param name="kernels">The kernels.</param>
    /// <param name="rows">Most rows.</param>
    internal HeadPlacer(DecoderShape shape, KernelSet kernels, int rows)
    {
        _kernels = kernels;
        _shape = shape;
        _angles = new NativeBlock(4L * rows * shape.HeadWidth);
        _localAngles = shape.LocalFrequencies is null ? null : new NativeBlock(4L * rows * shape.HeadWidth);
        _used = _angles;
    }

    /// <summary>Computes the rows' angles: cosines, then sines, of each pair of dimensions.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="count">How many.</param>
    internal void Turn(DecodeSequence[] rows, int count)
    {
        for (int row = 0; row < count; row++)
        {
            int position = rows[row].Position + rows[row].Cache.PositionShift;
            bool isLong = _shape.LongFrequencies is not null && position >= _shape.LongFrom;
            Turn(_angles, row, position, isLong ? _shape.LongFrequencies! : _shape.Frequencies, _shape.AngleFactor);
            if (_localAngles is not null)
            {
                Turn(_localAngles, row, position, _shape.LocalFrequencies!, _shape.LocalAngleFactor);
            }
        }
    }

    /// <summary>Starts a layer.</summary>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="weights">Its weights.</param>
    internal void Begin(int layer, DecoderLayer weights)
    {
        _queryNorm = _shape.NormsAllHeads ? null : weights.Find(LayerWeight.QueryNorm);
        _keyNorm = _shape.NormsAllHeads ? null : weights.Find(LayerWeight.KeyNorm);
        _rotates = _shape.Rotates(layer);
        _used = _shape.IsLocal(layer) ? _localAngles! : _angles;
    }

    /// <summary>Places a query head, multiplied with the factor of the scores.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="from">The head as the linear layer gave it.</param>
    /// <param name="to">Where it goes.</param>
    internal void Query(int row, float* from, float* to) => Place(from, _queryNorm, Angles(row), _shape.ScoreFactor, to);

    /// <summary>Places a key head.</summary>
    /// <inheritdoc cref="Query"/>
    internal void Key(int row, float* from, float* to) => Place(from, _keyNorm, Angles(row), 1, to);

    /// <inheritdoc/>
    public void Dispose()
    {
        _angles.Dispose();
        _localAngles?.Dispose();
    }

    private void Turn(NativeBlock angles, int row, int position, double[] frequencies, double factor)
    {
        int pairs = frequencies.Length;
        float* cosines = angles.Floats + ((long)row * _shape.HeadWidth);
        for (int pair = 0; pair < pairs; pair++)
        {
            (double sine, double cosine) = Math.SinCos(position * frequencies[pair]);
            cosines[pair] = (float)(factor * cosine);
            cosines[pairs + pair] = (float)(factor * sine);
        }
    }

    private float* Angles(int row) => _used.Floats + ((long)row * _shape.HeadWidth);

    private void Place(float* from, NativeBlock? norm, float* angles, float factor, float* to)
    {
        if (norm is not null)
        {
            _kernels.Norm(from, norm.Floats, to, _shape.HeadWidth, _shape.Epsilon);
            from = to;
        }

        int rotated = 0;
        if (_rotates)
        {
            Rotate(from, angles, factor, to);
            rotated = 2 * _shape.Frequencies.Length;
        }

        for (int column = rotated; column < _shape.HeadWidth; column++)
        {
            to[column] = from[column] * factor;
        }
    }

    /// <summary>Rotates a head: dimension i together with i + width/2, where width is the rotated one.</summary>
    private void Rotate(float* from, float* angles, float factor, float* to)
    {
        int pairs = _shape.Frequencies.Length;
        for (int pair = 0; pair < pairs; pair++)
        {
            (float cosine, float sine) = (angles[pair] * factor, angles[pairs + pair] * factor);
            (float first, float second) = (from[pair], from[pairs + pair]);
            to[pair] = (first * cosine) - (second * sine);
            to[pairs + pair] = (second * cosine) + (first * sine);
        }
    }
}
