using LLoCO.Core.Tokenization.Json.Decoders;
using LLoCO.Core.Tokenization.Json.Models;
using LLoCO.Core.Tokenization.Json.Normalizers;
using LLoCO.Core.Tokenization.Json.PreTokenizers;

namespace LLoCO.Core.Tokenization.Json;

/// <summary>The parts of a <c>tokenizer.json</c>.</summary>
internal sealed class TokenizerJson
{
    /// <summary>Gets what brings a text into the vocabulary's form, if anything does.</summary>
    public required Normalizer? Normalizer { get; init; }

    /// <summary>Gets the first of the steps that cut a text into words; the last one makes tokens of them.</summary>
    public required PieceStage Stages { get; init; }

    /// <summary>Gets whether a step must know where in the user's text it is.</summary>
    public required bool AsksForPlace { get; init; }

    /// <summary>Gets the model.</summary>
    public required WordModel Model { get; init; }

    /// <summary>Gets the way back to text; without one, pieces are joined with spaces.</summary>
    public required TokenDecoder? Decoder { get; init; }

    /// <summary>Gets the added tokens.</summary>
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    /// <summary>Gets the names of the tokens that are put before a text.</summary>
    public required IReadOnlyList<string> Before { get; init; }

    /// <summary>Gets the types of its parts, for people.</summary>
    public required string Description { get; init; }

    /// <summary>Gives a token's id.</summary>
    /// <param name="token">An added token or a piece.</param>
    public int? IdOf(string token) => AddedTokens.FirstOrDefault(added => added.Content == token)?.Id
        ?? (Model.Vocabulary.TryGetValue(token, out int id) ? id : null);
}
