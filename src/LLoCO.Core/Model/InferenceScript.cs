using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/*
 *   x [rows, hidden] ──► keys_values ──► k, v [rows, kv heads, head] ──► stored
 *                    └─► queries ──► q ──► attend, per sequence: [ stored, no mask ][ own rows, causal ]
 *                                                  └──► finish: output projection, SwiGLU in blocks of rows ──► x
 *
 * TorchScript, because it frees each temporary at once (a third of the memory of the same operators called one by one) and
 * because it reaches the flash attention that gives its log-sum-exp, which TorchSharp does not wrap: with it attention over
 * several pieces of keys is put together exactly, so a shared prefix is read where it lies.
 */

/// <summary>The fixed TorchScript functions of a decoder layer for inference on a CPU. A compile error would end the process, so
/// the only variable parts of this text are the indexes of <see cref="LayerTable"/>. One per model: it is used by one
/// thread.</summary>
internal sealed class InferenceScript : IDisposable
{
    private const int Query = (int)LayerWeight.Query;
    private const int Key = (int)LayerWeight.Key;
    private const int Value = (int)LayerWeight.Value;
    private const int Output = (int)LayerWeight.Output;
    private const int Gate = (int)LayerWeight.Gate;
    private const int Up = (int)LayerWeight.Up;
    private const int Down = (int)LayerWeight.Down;
    private const int InputNorm = (int)LayerWeight.InputNorm;
    private const int FeedForwardNorm = (int)LayerWeight.FeedForwardNorm;
    private const int AttentionOutputNorm = (int)LayerWeight.AttentionOutputNorm;
    private const int FeedForwardOutputNorm = (int)LayerWeight.FeedForwardOutputNorm;
    private const int GeluTanh = (int)Activation.GeluTanh;
    private const int QueryNorm = (int)LayerWeight.QueryNorm;
    private const int KeyNorm = (int)LayerWeight.KeyNorm;
    private const int QueryBias = (int)LayerWeight.QueryBias;
    private const int KeyBias = (int)LayerWeight.KeyBias;
    private const int ValueBias = (int)LayerWeight.ValueBias;
    private const int OutputBias = (int)LayerWeight.OutputBias;
    private const int GateBias = (int)LayerWeight.GateBias;
    private const int UpBias = (int)LayerWeight.UpBias;
    private const int DownBias = (int)LayerWeight.DownBias;

    private static readonly string Source = $$"""
        def rms(x, weight, like, eps: float, one: float):
            wide = x.type_as(like)
            scale = torch.rsqrt(torch.mean(wide * wide, [-1], True) + eps)
            if one > 0.0:
                return (wide * scale * (weight.type_as(like) + one)).type_as(x)
            return (wide * scale).type_as(x) * weight.type_as(x)

        def rotate(heads, cos, sin):
            wide = heads.type_as(cos)
            half = cos.size(2)
            first = wide.narrow(2, 0, half)
            second = wide.narrow(2, half, half)
            rest = wide.narrow(2, 2 * half, wide.size(2) - 2 * half)
            return torch.cat([first * cos - second * sin, second * cos + first * sin, rest], 2).type_as(heads)

        def widened(weight, x, scratch, start: int):
            if weight.dtype == x.dtype:
                return weight
            return scratch.narrow(0, start, weight.numel()).view(weight.size(0), weight.size(1)).copy_(weight)

        def scaled(x, factor: float):
            return x * factor

        def biased(y, bias, factor: float):
            if bias.numel() == 0:
                return y
            return y + bias.type_as(y) * factor

        def normed(x, weight, like, eps: float, one: float):
            if weight.numel() == 0:
                return x
            if weight.size(0) == x.size(-1):
                return rms(x, weight, like, eps, one)
            return rms(x.view(x.size(0), 1, weight.size(0)), weight, like, eps, one).view(x.size(0), x.size(1), x.size(2))

        def activated(x, kind: int):
            if kind == {{GeluTanh}}:
                return torch.gelu(x, approximate="tanh")
            return torch.silu_(x)

        def adapted(y, x, down, up, scale: float):
            if down.numel() == 0:
                return y
            share = torch.mm(torch.mm(x.type_as(down), down.t()), up.t()) * scale
            return y + share.type_as(y)

        def linear(x, weight, bias, down, up, scratch, scale: float):
            return adapted(biased(torch.mm(x, widened(weight, x, scratch, 0).t()), bias, 1.0), x, down, up, scale)

        def keys_values(x, cos, sin, w: List[Tensor], a: List[Tensor], b: List[Tensor], scratch, eps: float, scale: float,
                        heads: int, turns: int, one: float):
            n = normed(x, w[{{InputNorm}}], cos, eps, one)
            k = linear(n, w[{{Key}}], w[{{KeyBias}}], a[{{Key}}], b[{{Key}}], scratch, scale).view(x.size(0), heads, -1)
            v = linear(n, w[{{Value}}], w[{{ValueBias}}], a[{{Value}}], b[{{Value}}], scratch, scale).view(x.size(0), heads, -1)
            k = normed(k, w[{{KeyNorm}}], cos, eps, one)
            return n, rotate(k, cos, sin) if turns > 0 else k, v

        def queries(n, cos, sin, w: List[Tensor], a: List[Tensor], b: List[Tensor], scratch, eps: float, scale: float,
                    heads: int, turns: int, one: float):
            q = linear(n, w[{{Query}}], w[{{QueryBias}}], a[{{Query}}], b[{{Query}}], scratch, scale).view(n.size(0), heads, -1)
            q = normed(q, w[{{QueryNorm}}], cos, eps, one)
            return rotate(q, cos, sin) if turns > 0 else q

        def behind(q, keys: List[Tensor], values: List[Tensor], parts: int, bias, block: int, factor: float, out, sums):
            for i in range(parts):
                length = keys[i].size(2)
                for start in range(0, length, block):
                    count = min(block, length - start)
                    k = keys[i].narrow(2, start, count).type_as(q)
                    v = values[i].narrow(2, start, count).type_as(q)
                    if i == 0 and bias.numel() > 0:
                        part = bias.narrow(1, start, count).repeat_interleave(q.size(1) // bias.size(0), 0).type_as(q)
                        more, more_sums = torch._scaled_dot_product_flash_attention_for_cpu(
                            q, k, v, 0.0, False, attn_mask=part.view(1, q.size(1), 1, count), scale=factor)
                    else:
                        more, more_sums = torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0.0, False, scale=factor)
                    if sums.numel() == 0:
                        out = more
                        sums = more_sums
                    else:
                        both = torch.logaddexp(sums, more_sums)
                        out = out * torch.exp(sums - both).unsqueeze(-1) + more * torch.exp(more_sums - both).unsqueeze(-1)
                        sums = both
            return out, sums

        def attend(q, keys: List[Tensor], values: List[Tensor], bias, block: int, factor: float):
            last = len(keys) - 1
            own, sums = torch._scaled_dot_product_flash_attention_for_cpu(
                q, keys[last].type_as(q), values[last].type_as(q), 0.0, True, scale=factor)
            out, sums = behind(q, keys, values, last, bias, block, factor, own, sums)
            return out.type_as(q).transpose(1, 2).reshape(q.size(2), -1)

        def attend_stored(q, keys: List[Tensor], values: List[Tensor], none, bias, block: int, factor: float):
            return behind(q, keys, values, len(keys), bias, block, factor, none, none)

        def attend_own(q, k, v, lengths, out, sums, factor: float):
            parts: List[Tensor] = []
            start = 0
            for i in range(lengths.size(0)):
                count = int(lengths[i])
                own, own_sums = torch._scaled_dot_product_flash_attention_for_cpu(
                    q.narrow(2, start, count), k.narrow(2, start, count), v.narrow(2, start, count), 0.0, True, scale=factor)
                stored = sums.narrow(2, start, count)
                both = torch.logaddexp(own_sums, stored)
                parts.append(own * torch.exp(own_sums - both).unsqueeze(-1)
                    + out.narrow(2, start, count) * torch.exp(stored - both).unsqueeze(-1))
                start += count
            return torch.cat(parts, 2).type_as(q).transpose(1, 2).reshape(q.size(2), -1)

        def attend_window(q, k, v, window: int, factor: float):
            before = k.size(2) - q.size(2)
            near = torch.triu(torch.ones([q.size(2), k.size(2)]), before - window + 1)
            mask = torch.log(torch.tril(near, before)).type_as(q)
            out, sums = torch._scaled_dot_product_flash_attention_for_cpu(
                q, k.type_as(q), v.type_as(q), 0.0, False, attn_mask=mask, scale=factor)
            return out.transpose(1, 2).reshape(q.size(2), -1)

        def finish(x, attended, like, w: List[Tensor], a: List[Tensor], b: List[Tensor], scratch, eps: float, scale: float,
                   block: int, factor: float, one: float, kind: int):
            if w[{{AttentionOutputNorm}}].numel() > 0:
                made = linear(attended, w[{{Output}}], w[{{OutputBias}}], a[{{Output}}], b[{{Output}}], scratch, scale)
                x = x + rms(made, w[{{AttentionOutputNorm}}], like, eps, one) * factor
            else:
                sum = torch.addmm(x, attended, widened(w[{{Output}}], x, scratch, 0).t(), beta=1.0, alpha=factor)
                sum = biased(sum, w[{{OutputBias}}], factor)
                x = adapted(sum, attended, a[{{Output}}], b[{{Output}}], scale * factor)
            gate = widened(w[{{Gate}}], x, scratch, 0)
            up = widened(w[{{Up}}], x, scratch, w[{{Gate}}].numel())
            down = widened(w[{{Down}}], x, scratch, w[{{Gate}}].numel() + w[{{Up}}].numel())
            for start in range(0, x.size(0), block):
                part = x.narrow(0, start, min(block, x.size(0) - start))
                n = normed(part, w[{{FeedForwardNorm}}], like, eps, one)
                inner = activated(
                    adapted(biased(torch.mm(n, gate.t()), w[{{GateBias}}], 1.0), n, a[{{Gate}}], b[{{Gate}}], scale), kind)
                inner.mul_(adapted(biased(torch.mm(n, up.t()), w[{{UpBias}}], 1.0), n, a[{{Up}}], b[{{Up}}], scale))
                if w[{{FeedForwardOutputNorm}}].numel() > 0:
                    made = biased(torch.mm(inner, down.t()), w[{{DownBias}}], 1.0)
                    made = adapted(made, inner, a[{{Down}}], b[{{Down}}], scale)
                    part.add_(rms(made, w[{{FeedForwardOutputNorm}}], like, eps, one) * factor)
                    continue
                part.addmm_(inner, down.t(), beta=1.0, alpha=factor)
                if w[{{DownBias}}].numel() > 0:
                    part.add_(w[{{DownBias}}].type_as(part) * factor)
                if a[{{Down}}].numel() > 0:
                    share = torch.mm(torch.mm(inner.type_as(a[{{Down}}]), a[{{Down}}].t()), b[{{Down}}].t()) * (scale * factor)
                    part.add_(share.type_as(part))
            return x

        def last(x, weight, like, eps: float, one: float):
            return rms(x, weight, like, eps, one)
        """;

    private readonly jit.CompilationUnit _unit = jit.compile(Source + "\n");

    /// <summary>Calls a function.</summary>
    internal object Invoke(string function, params object[] arguments) => HeldNumbers.Call(_unit, function, arguments);

    /// <inheritdoc/>
    public void Dispose() => _unit.Dispose();
}
