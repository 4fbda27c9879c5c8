using System.Text;

namespace LLoCO.Core.Tokenization.Json.Models;

/// <summary>The ids of single characters.</summary>
internal sealed class BpeCharacters
{
    private readonly int[] _basic = new int[0x10000];
    private readonly BpeSettings _settings;

    public BpeCharacters(BpeSettings settings)
    {
        _settings = settings;
        Array.Fill(_basic, -1);
        foreach ((string piece, int id) in settings.Vocabulary)
        {
            if (piece.Length == 1)
            {
                _basic[piece[0]] = id;
            }
        }
    }

    /// <summary>Gives a character's id.</summary>
    /// <param name="code">The character.</param>
    /// <param name="isFirst">Whether it begins the word.</param>
    /// <param name="isLast">Whether it ends the word.</param>
    /// <returns>The id, or -1.</returns>
    public int IdOf(int code, bool isFirst, bool isLast)
    {
        bool prefix = !isFirst && _settings.Prefix.Length > 0;
        bool suffix = isLast && _settings.Suffix.Length > 0;
        if (code < _basic.Length && !prefix && !suffix)
        {
            return _basic[code];
        }

        string piece = $"{(prefix ? _settings.Prefix : null)}{new Rune(code)}{(suffix ? _settings.Suffix : null)}";
        return _settings.Vocabulary.GetValueOrDefault(piece, -1);
    }
}
