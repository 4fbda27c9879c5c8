namespace LLoCO.Core.Families;

/// <summary>The linear layers of a decoder layer that LoRA can adapt.</summary>
public enum LoraTarget
{
    /// <summary><c>q_proj</c>.</summary>
    Query = 0,

    /// <summary><c>k_proj</c>.</summary>
    Key = 1,

    /// <summary><c>v_proj</c>.</summary>
    Value = 2,

    /// <summary><c>o_proj</c>.</summary>
    Output = 3,

    /// <summary><c>gate_proj</c>.</summary>
    Gate = 4,

    /// <summary><c>up_proj</c>.</summary>
    Up = 5,

    /// <summary><c>down_proj</c>.</summary>
    Down = 6,
}
