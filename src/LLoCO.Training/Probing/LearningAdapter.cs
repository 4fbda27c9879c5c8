using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Probing;

/// <summary>An adapter whose weights learn, with the finetuning loss, its gradients and AdamW (betas 0.9 and 0.999, epsilon 1e-8,
/// no weight decay): each of them as numbers. On the model's thread.</summary>
public sealed class LearningAdapter : IDisposable
{
    private readonly LlamaModel _model;
    private readonly LoraAdapter _adapter;
    private readonly AdamWOptimizer _optimizer;

    internal LearningAdapter(LlamaModel model, string folder)
    {
        _model = model;
        _adapter = LoraAdapterFolder.Load(folder, folder, model.Config, model.Weights.Device).AsParameters();
        _optimizer = new AdamWOptimizer(_adapter.Named());
    }

    /// <summary>Reads the weights.</summary>
    /// <returns>Each parameter under its name in a PEFT file, without a prefix for the adapter's own name.</returns>
    public IReadOnlyList<NamedNumbers> Weights() =>
        [.. _adapter.Named().Select(entry => NamedNumbers.Read(entry.Weight, entry.Name))];

    /// <summary>Reads the gradients that <see cref="Learn"/> has added up since the last <see cref="Step"/>.</summary>
    /// <returns>As many as weights, in their order; zeros where there is none.</returns>
    public IReadOnlyList<NamedNumbers> Gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. _adapter.Named().Select(entry => NamedNumbers.Read(entry.Weight.grad ?? zeros_like(entry.Weight), entry.Name))];
    }

    /// <summary>Computes logits at all places, and the loss from them.</summary>
    /// <param name="batch">The rows.</param>
    /// <returns>Logits, <c>[batch, places + length, vocabulary]</c>, and the mean cross-entropy at the labels.</returns>
    /// <exception cref="ArgumentException">The sizes do not fit each other or the model, or an id is out of range.</exception>
    public (NamedNumbers Logits, double Loss) Predict(LabelledBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.EnsureFits(_model.Config);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        (Tensor hidden, Tensor labels) = Forward(batch);
        Tensor logits = _model.Logits(hidden);
        return (NamedNumbers.Read(logits), AnswerLoss.FromLogits(logits, labels).item<float>());
    }

    /// <summary>Computes the loss as training does, with logits at the learned places only.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="learn">Whether gradients are computed, too, and added to those that are there.</param>
    /// <returns>The mean cross-entropy at the labels; no number where nothing is learned.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Predict"/>.</exception>
    public double Learn(LabelledBatch batch, bool learn = true)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.EnsureFits(_model.Config);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable? guard = learn ? null : no_grad();
        (Tensor hidden, Tensor labels) = Forward(batch);
        Tensor loss = AnswerLoss.FromHidden(_model, hidden, labels);
        if (learn)
        {
            loss.backward();
        }

        return loss.item<float>();
    }

    /// <summary>Changes the weights by their gradients, and forgets these.</summary>
    /// <param name="learningRate">The learning rate.</param>
    public void Step(double learningRate)
    {
        using DisposeScope scope = NewDisposeScope();
        _optimizer.Step(learningRate, clip: 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _adapter.Dispose();
    }

    private (Tensor Hidden, Tensor Labels) Forward(LabelledBatch batch)
    {
        Device device = _model.Weights.Device;
        long[] size = [batch.Batch, batch.Length];
        Tensor ids = tensor(batch.Ids, size, dtype: ScalarType.Int64, device: device);
        Tensor labels = tensor(batch.Labels, size, dtype: ScalarType.Int64, device: device);
        Tensor inputs = _model.Embed(ids);
        long places = batch.Context.Length / ((long)batch.Batch * _model.Config.HiddenSize);
        if (places > 0)
        {
            Tensor context = tensor(
                batch.Context, [batch.Batch, places, _model.Config.HiddenSize], dtype: ScalarType.Float32, device: device);
            inputs = cat([context.to(_model.Weights.Type), inputs], 1);
        }

        Tensor hidden = _model.Forward(inputs, ForwardPass.Consecutive(0, inputs.size(1), device, adapter: _adapter));
        return (hidden, AnswerLoss.Behind(places, labels));
    }
}
