using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace LLoCO.Core.Tests.Layers;

/// <summary>Reads the metadata tokens out of a method's body.</summary>
internal static class IntermediateCode
{
    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value);

    /// <summary>The members, types and signatures that the instructions name.</summary>
    public static IEnumerable<EntityHandle> Tokens(BlobReader code)
    {
        List<EntityHandle> tokens = [];
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            OpCode instruction = Codes[value == 0xFE ? 0xFE00 | code.ReadByte() : value];
            switch (instruction.OperandType)
            {
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok
                    or OperandType.InlineSig:
                    tokens.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    int targets = code.ReadInt32();
                    code.Offset += targets * sizeof(int);
                    break;
                default:
                    code.Offset += OperandSize(instruction.OperandType);
                    break;
            }
        }

        return tokens;
    }

    /// <summary>The instructions of a method's body, in order; those that name a member with its metadata token.</summary>
    public static IEnumerable<(OpCode Code, int Member)> Instructions(byte[] code)
    {
        for (int at = 0; at < code.Length;)
        {
            int value = code[at++];
            OpCode instruction = Codes[value == 0xFE ? 0xFE00 | code[at++] : value];
            yield return (instruction, at + sizeof(int) <= code.Length ? BitConverter.ToInt32(code, at) : 0);
            at += instruction.OperandType switch
            {
                OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok
                    or OperandType.InlineSig => sizeof(int),
                OperandType.InlineSwitch => sizeof(int) * (1 + BitConverter.ToInt32(code, at)),
                _ => OperandSize(instruction.OperandType),
            };
        }
    }

    private static int OperandSize(OperandType type) => type switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineBrTarget or OperandType.InlineI or OperandType.InlineString or OperandType.ShortInlineR => 4,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => throw new InvalidOperationException($"Unknown operand {type}."),
    };
}
