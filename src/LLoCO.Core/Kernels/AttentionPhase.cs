namespace LLoCO.Core.Kernels;

/// <summary>Attention of all rows as one job: a task is one key/value head of one row, or a part of its positions if there are
/// too few heads for the threads. Shared prefix and own positions are separate memory: a task gives a result for each, and all
/// results of a head are combined.</summary>
internal sealed unsafe class AttentionPhase : IKernelJob, IDisposable
{
    private const int TasksPerThread = 4;
    private const int LeastPositions = 512;
    private const int Pieces = 2;

    private readonly KernelSet _kernels;
    private readonly KernelPool _pool;
    private readonly DecoderShape _shape;
    private readonly HeadPlacer _heads;
    private readonly NativeBlock _scratch;
    private readonly NativeBlock _partial;
    private readonly int _scratchFloats;
    private readonly int _partialFloats;
    private DecodeSequence[] _rows = [];
    private float* _query;
    private float* _key;
    private float* _value;
    private Activations _outputs = null!;
    private int _layer;
    private int _window;
    private int _splits;
    private bool _stores;
    private bool _stored;

    /// <summary>Creates the phase.</summary>
    /// <param name="shape">The model's shape.</param>
    /// <param name="kernels">The kernels.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="rows">Most rows.</param>
    internal AttentionPhase(DecoderShape shape, KernelSet kernels, KernelPool pool, int rows)
    {
        _kernels = kernels;
        _pool = pool;
        _shape = shape;
        _heads = new HeadPlacer(shape, kernels, rows);
        int queries = shape.Group * shape.HeadWidth;
        _scratchFloats = Round(queries + AttentionTask.ScratchFloats(shape.Group, shape.HeadWidth));
        _scratch = new NativeBlock(4L * pool.Threads * _scratchFloats);
        _partialFloats = Round(queries + (2 * shape.Group));
        int tasks = (rows * shape.KeyValueHeads) + (TasksPerThread * pool.Threads);
        _partial = new NativeBlock(4L * 2 * Pieces * tasks * _partialFloats);
    }

    /// <summary>Computes the rows' angles, once per step.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="count">How many.</param>
    internal void Turn(DecodeSequence[] rows, int count) => _heads.Turn(rows, count);

    /// <summary>Writes keys and values to the caches, and the results of attention to the inputs of the next phase.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="query">Queries, not rotated yet.</param>
    /// <param name="key">Keys, not rotated yet.</param>
    /// <param name="value">Values.</param>
    /// <param name="outputs">Takes the results.</param>
    /// <param name="related">Whether rows may be positions of the same answer: then all keys and values are stored before any row
    /// attends to them.</param>
    internal void Run(DecodeSequence[] rows, int count, int layer, DecoderLayer weights, float* query, float* key, float* value,
        Activations outputs, bool related)
    {
        (_rows, _layer, _outputs) = (rows, layer, outputs);
        _heads.Begin(layer, weights);
        _window = _shape.WindowOf(layer);
        _query = query;
        _key = key;
        _value = value;
        int longest = 0;
        for (int row = 0; row < count; row++)
        {
            longest = Math.Max(longest, rows[row].Position + 1 - First(rows[row].Position + 1));
        }

        int heads = count * _shape.KeyValueHeads;
        int wanted = ((TasksPerThread * _pool.Threads) + heads - 1) / heads;
        _splits = Math.Clamp(wanted, 1, 1 + (longest / LeastPositions));
        _stored = related;
        if (related)
        {
            _stores = true;
            _pool.Run(this, heads);
            _stores = false;
        }

        _pool.Run(this, heads * _splits);
        if (_splits > 1)
        {
            for (int head = 0; head < heads; head++)
            {
                Merge(head);
            }
        }
    }

    /// <inheritdoc/>
    public void Run(int task, int thread)
    {
        if (_stores)
        {
            Store(task / _shape.KeyValueHeads, task % _shape.KeyValueHeads, thread);
        }
        else
        {
            Attend(task, thread);
        }
    }

    private void Attend(int task, int thread)
    {
        (int place, int split) = (task / _splits, task % _splits);
        (int index, int head) = (place / _shape.KeyValueHeads, place % _shape.KeyValueHeads);
        DecodeSequence row = _rows[index];
        int width = _shape.HeadWidth;
        int positions = row.Position + 1;
        float* queries = _scratch.Floats + ((long)thread * _scratchFloats);
        float* given = _query + ((long)index * _shape.QueryWidth) + ((long)head * _shape.Group * width);
        for (int number = 0; number < _shape.Group; number++)
        {
            _heads.Query(index, given + (number * width), queries + (number * width));
        }

        DecoderCache cache = row.Cache;
        int prefix = cache.PrefixLength;
        int first = First(positions);
        int from = first + (int)((long)(positions - first) * split / _splits);
        int to = first + (int)((long)(positions - first) * (split + 1) / _splits);
        long headBytes = (long)head * width * Numbers.BytesOf(cache.Format);
        float* partial = _partial.Floats + ((long)task * Pieces * _partialFloats);
        AttentionTask attention = Task(queries, partial, cache.Format);
        if (from < prefix)
        {
            attention.Keys = (byte*)cache.PrefixKeys[_layer] + (headBytes * prefix);
            attention.Values = (byte*)cache.PrefixValues[_layer] + (headBytes * prefix);
            attention.Biases = cache.PrefixBiases.Length == 0 ? null : (float*)cache.PrefixBiases[_layer] + ((long)head * prefix);
            (attention.From, attention.To) = (from, Math.Min(to, prefix));
            _kernels.Attend(attention);
        }
        else
        {
            AttentionParts.Skip(attention);
        }

        attention = Task(queries, partial + _partialFloats, cache.Format);
        if (to > prefix)
        {
            attention.Keys = (byte*)cache.Keys[_layer] + (headBytes * cache.Capacity);
            attention.Values = (byte*)cache.Values[_layer] + (headBytes * cache.Capacity);
            (attention.From, attention.To) = (Math.Max(from, prefix) - prefix, to - prefix);
            if (to == positions && !_stored)
            {
                Store(index, head, attention, positions - 1 - prefix);
            }

            _kernels.Attend(attention);
        }
        else
        {
            AttentionParts.Skip(attention);
        }

        if (_splits == 1)
        {
            Merge(place);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _heads.Dispose();
        _scratch.Dispose();
        _partial.Dispose();
    }

    /// <summary>The first of some positions that the last of them sees.</summary>
    private int First(int positions) => _window == 0 ? 0 : Math.Max(0, positions - _window);

    private static int Round(int floats) => (floats + 15) / 16 * 16;

    private AttentionTask Task(float* queries, float* partial, MatrixFormat format)
    {
        int numbers = _shape.Group * _shape.HeadWidth;
        return new AttentionTask
        {
            Queries = queries,
            Group = _shape.Group,
            Width = _shape.HeadWidth,
            Format = format,
            Sums = partial,
            Largest = partial + numbers,
            Totals = partial + numbers + _shape.Group,
            Scratch = queries + numbers,
        };
    }

    /// <summary>Writes a row's key and value to its cache, without attention.</summary>
    private void Store(int index, int head, int thread)
    {
        DecodeSequence row = _rows[index];
        DecoderCache cache = row.Cache;
        long headBytes = (long)head * _shape.HeadWidth * Numbers.BytesOf(cache.Format);
        AttentionTask place = Task(_scratch.Floats + ((long)thread * _scratchFloats), _partial.Floats, cache.Format);
        place.Keys = (byte*)cache.Keys[_layer] + (headBytes * cache.Capacity);
        place.Values = (byte*)cache.Values[_layer] + (headBytes * cache.Capacity);
        Store(index, head, place, row.Position - cache.PrefixLength);
    }

    /// <summary>Writes the new position's key and value to the cache.</summary>
    private void Store(int row, int head, in AttentionTask task, int position)
    {
        int width = _shape.HeadWidth;
        float* key = task.Scratch;
        float* value = _value + ((long)row * _shape.KeyValueWidth) + (head * width);
        _heads.Key(row, _key + ((long)row * _shape.KeyValueWidth) + (head * width), key);
        long first = (long)position * width;
        for (int column = 0; column < width; column++)
        {
            Numbers.Write(task.Format, task.Keys, first + column, key[column]);
            Numbers.Write(task.Format, task.Values, first + column, value[column]);
        }
    }

    /// <summary>Joins the parts of a head's positions.</summary>
    private void Merge(int place)
    {
        int parts = _splits * Pieces;
        float* output = _outputs.Row(place / _shape.KeyValueHeads)
            + ((long)(place % _shape.KeyValueHeads) * _shape.Group * _shape.HeadWidth);
        AttentionParts.Join(
            _kernels, _partial.Floats + ((long)place * parts * _partialFloats), parts, _partialFloats, _shape, output);
    }
}
