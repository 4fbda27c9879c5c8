using LLoCO.Core.Lora;

namespace LLoCO.Training.Memories;

/// <summary>A document of a cartridge run.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Memory">What training starts from.</param>
/// <param name="AdapterName">The adapter that reads it; <see langword="null"/> for none.</param>
/// <param name="Adapter">That adapter, loaded.</param>
/// <param name="Learned">Questions with a teacher.</param>
/// <param name="HeldOut">Such questions that are not learned from.</param>
internal sealed record CartridgePart(
    string Id,
    Core.Compression.SummaryEmbeddings Memory,
    string? AdapterName,
    LoraAdapter? Adapter,
    IReadOnlyList<AdapterExample> Learned,
    IReadOnlyList<AdapterExample> HeldOut);
