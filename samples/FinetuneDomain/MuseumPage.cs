namespace FinetuneDomain;

/// <summary>A page of the room book: two objects in prose, and what can be asked about them.</summary>
internal sealed class MuseumPage
{
    private readonly MuseumWords _words;
    private readonly List<string> _sentences = [];
    private readonly List<(string Question, string Answer)> _questions = [];

    public MuseumPage(MuseumWords words, int number)
    {
        _words = words;
        string head = $"Room book of the {words.Name()} House, sheet {number}, kept by {words.Person()}.";
        Describe(words.Thing());
        Describe(words.Thing());
        Text = $"{head}\n\n{string.Join(' ', _sentences.Take(6))}\n\n{string.Join(' ', _sentences.Skip(6))}\n";
    }

    /// <summary>Gets the page.</summary>
    public string Text { get; }

    /// <summary>Gets the questions with their answers, which stand word for word on the page.</summary>
    public IReadOnlyList<(string Question, string Answer)> Questions => _questions;

    private void Describe(string thing)
    {
        string donor = _words.Person();
        string maker = _words.Person();
        string town = _words.Name();
        string wood = _words.Name().ToLowerInvariant() + " wood";
        string year = _words.Year();
        string number = _words.InventoryNumber();
        Tell(
            donor, [$"Who gave the {thing}?", $"From whom did the {thing} come?"],
            $"The {thing} came to the house as a gift of {donor}.", $"It was {donor} who gave the {thing}.",
            $"{donor} left the {thing} to the house by will.");
        Tell(
            number, [$"Which number does the {thing} bear?", $"What is the {thing} entered as?"],
            $"It is entered as {number}.", $"Its label bears the number {number}.", $"In the list it stands as {number}.");
        Tell(
            maker, [$"Who made the {thing}?", $"Whose work is the {thing}?"],
            $"The work is by {maker}.", $"{maker} made it, as a mark on the underside tells.", $"It was made in the workshop of {maker}.");
        Tell(
            year, [$"When did the {thing} come into the house?", $"In which year was the {thing} received?"],
            $"It has been here since {year}.", $"The receipt is dated {year}.", $"It was received in {year}, in good order.");
        Tell(
            town, [$"Where was the {thing} found?", $"Which town does the {thing} come from?"],
            $"It had been found at {town}, under a floor.", $"It stood for long in a chapel at {town}.", $"A farmer of {town} had kept it in a barn.");
        Tell(
            wood, [$"What is the case of the {thing} made of?", $"Which wood holds the {thing}?"],
            $"A case of {wood} holds it.", $"It lies in a box of {wood}.", $"Its stand is of {wood}, waxed once a year.");
    }

    private void Tell(string answer, string[] questions, params string[] wordings)
    {
        _sentences.Add(_words.Pick(wordings));
        _questions.Add((_words.Pick(questions), answer));
    }
}
