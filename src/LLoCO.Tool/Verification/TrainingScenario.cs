using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verification;

/// <summary><c>sft[]</c>: the finetuning loss, its LoRA gradients, and a few AdamW steps.</summary>
internal sealed class TrainingScenario
{
    /// <summary>The original's segment length for finetuning: longer than any input, so that there is only one pass.</summary>
    private const long OneSegment = 9999;

    private readonly GoldenCase _case;
    private readonly GoldenNode _node;
    private readonly GoldenNode _expected;
    private readonly GoldenIds _ids;
    private readonly GoldenIds _labels;
    private readonly string _context;

    private TrainingScenario(GoldenCase golden, GoldenNode node)
    {
        _case = golden;
        _node = node;
        _expected = node["expected"];
        _ids = golden.Ids(node, "input_ids");
        _labels = golden.Ids(node, "labels", besides: LabelledBatch.Ignored);
        _context = node["context_embeddings"].Text();
        long places = golden.Tensors.Shape(_context)[1] + _ids.Length;
        GoldenNode segment = node["segment_lengths"];
        golden.Report.Compare(GoldenKind.Inputs, segment.Path, [segment.Integer()], [OneSegment]);
        if (places > OneSegment)
        {
            throw new GoldenFault(segment.Path, "training in several segments is not run");
        }

        IReadOnlyList<GoldenNode> calls = node["rope_calls"].Items;
        golden.Report.Compare(
            GoldenKind.Positions,
            node["rope_calls"].Path,
            [.. calls.SelectMany(call => new[] { call["offset"].Integer(), call["length"].Integer() })],
            [0, places]);
    }

    /// <summary>Runs a scenario.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="node">The scenario.</param>
    /// <param name="cancellationToken">Checked before the steps.</param>
    internal static Task RunAsync(GoldenCase golden, GoldenNode node, CancellationToken cancellationToken)
    {
        node["name"].Text();
        var scenario = new TrainingScenario(golden, node);
        string name = node["adapter"].Text();

        // Steps change the adapter, so it is loaded again for each scenario.
        return golden.Loaded.LearnAsync(
            Path.Combine(golden.Folder, Path.GetFileName(name)), scenario.Compute, cancellationToken);
    }

    private bool Compute(LearningAdapter adapter)
    {
        long steps = Steps();
        double rate = _node["optimizer"]["lr"].Number();
        GoldenNode losses = _expected["loss_per_step"];
        if (losses.Items.Count != steps + 1)
        {
            throw new GoldenFault(losses.Path, $"has {losses.Items.Count} losses for {steps} steps");
        }

        var batch = new LabelledBatch(_ids.Batch, _ids.Length, _ids.Values, _labels.Values, _case.Tensors.Floats(_context));
        (NamedNumbers logits, double whole) = adapter.Predict(batch);
        _case.Compare(GoldenKind.TrainingLogits, _expected["logits"].Text(), logits);
        _case.Report.Compare(GoldenKind.Loss, losses.Items[0].Path, losses.Items[0].Number(), whole);
        for (int step = 0; step <= steps; step++)
        {
            GoldenNode expected = losses.Items[step];
            _case.Report.Compare(
                GoldenKind.Loss, expected.Path, expected.Number(), adapter.Learn(batch, learn: step < steps));
            if (step == steps)
            {
                break;
            }

            if (step == 0)
            {
                CompareGradients(adapter.Gradients());
            }

            adapter.Step(rate);
        }

        string prefix = _expected["trained_prefix"].Text();
        IReadOnlyList<NamedNumbers> trained = adapter.Weights();
        CompareNames(GoldenKind.Trained, prefix, trained);
        foreach (NamedNumbers weight in trained)
        {
            _case.Compare(GoldenKind.Trained, prefix + weight.Name, weight);
        }

        return true;
    }

    private void CompareGradients(IReadOnlyList<NamedNumbers> gradients)
    {
        string prefix = _expected["grad_prefix"].Text();
        CompareNames(GoldenKind.Gradient, prefix, gradients);
        var all = new List<float>();
        foreach (NamedNumbers gradient in gradients)
        {
            _case.Compare(GoldenKind.Gradient, prefix + gradient.Name, gradient);
            if (_case.Tensors.Contains(prefix + gradient.Name))
            {
                all.AddRange(_case.Tensors.Floats(prefix + gradient.Name).Select(Math.Abs));
            }
        }

        // Counts near a border would depend on the last bit of our gradients: the fixture's own numbers are counted, which
        // were just compared with ours.
        if (all.Count == 0)
        {
            throw new GoldenFault(prefix, "there is no gradient of that name");
        }

        all.Sort();
        GoldenNode sizes = _expected["gradient_sizes"];
        Compare(sizes["max"], all[^1]);
        Compare(sizes["median"], all[(all.Count - 1) / 2]);
        Compare(sizes["below_1e_minus_5"], all.Count(size => size < 1e-5f));
        Compare(sizes["exact_zeros"], all.Count(size => size == 0));
        Compare(sizes["count"], all.Count);
        void Compare(GoldenNode node, double actual) =>
            _case.Report.Compare(GoldenKind.GradientSizes, node.Path, node.Number(), actual);
    }

    /// <summary>Every tensor of the fixture must belong to a trained parameter; otherwise it would not be compared.</summary>
    private void CompareNames(GoldenKind kind, string prefix, IReadOnlyList<NamedNumbers> adapter)
    {
        string[] ours = [.. adapter.Select(entry => prefix + entry.Name)];
        foreach (string name in _case.Tensors.Beginning(prefix).Except(ours))
        {
            _case.Report.Fail(kind, name, "the adapter has no such parameter");
        }
    }

    /// <summary>The number of steps, of an optimizer that is the trainer's own.</summary>
    private long Steps()
    {
        GoldenNode node = _node["optimizer"];
        Require(node["name"], node["name"].Text() == "AdamW");
        Require(node["gradient_clipping"], node["gradient_clipping"].IsNull);
        Require(node["lr_schedule"], node["lr_schedule"].Text() == "constant");
        Require(node["lora_dropout_applied"], !node["lora_dropout_applied"].Flag());
        double[] betas = [.. node["betas"].Items.Select(beta => beta.Number())];
        Require(node["betas"], betas is [0.9, 0.999]);

        // An epsilon or a small decay of another size would hide below the tolerance: only the documented ones are run.
        Require(node["eps"], node["eps"].Number() == 1e-8);
        Require(node["weight_decay"], node["weight_decay"].Number() == 0);
        return node["steps"].Integer();
    }

    private static void Require(GoldenNode node, bool known)
    {
        if (!known)
        {
            throw new GoldenFault(node.Path, "this setting is not run");
        }
    }
}
