namespace LLoCO.Evaluation.Synth;

/// <summary>A kind of document of the practice corpus: its title, what it records of people, and its unrelated prose.</summary>
internal sealed class SynthGroup
{
    private SynthGroup(string name, string[] titles, string heading, SynthRelation[] relations, string[] prose)
    {
        Name = name;
        Titles = titles;
        Heading = heading;
        Relations = relations;
        Prose = prose;
    }

    /// <summary>Gets all groups.</summary>
    internal static IReadOnlyList<SynthGroup> All { get; } = [Ship(), Town(), Workshop()];

    /// <summary>Gets the group's name: <c>ship</c>, <c>town</c> or <c>workshop</c>.</summary>
    internal string Name { get; }

    /// <summary>Gets the wordings of the title; <c>{T}</c> stands for a name.</summary>
    internal string[] Titles { get; }

    /// <summary>Gets the word that opens an entry.</summary>
    internal string Heading { get; }

    /// <summary>Gets what is recorded of people.</summary>
    internal SynthRelation[] Relations { get; }

    /// <summary>Gets patterns of unrelated sentences; slots in braces are filled by <see cref="SynthProse"/>.</summary>
    internal string[] Prose { get; }

    /// <summary>Finds a group by name.</summary>
    /// <exception cref="ArgumentException">There is no such group.</exception>
    internal static SynthGroup Named(string name) => All.FirstOrDefault(group => group.Name == name)
        ?? throw new ArgumentException(
            $"There is no group '{name}' in the practice corpus; it has {string.Join(", ", All.Select(group => group.Name))}.",
            nameof(name));

    private static SynthGroup Ship() => new(
        "ship",
        ["Log of the brig {T}.", "Journal kept aboard the {T}.", "The log of the schooner {T}."],
        "Watch",
        [
            new SynthRelation(
                "duty",
                "cook gunner carpenter sailmaker cooper surgeon purser steward boatswain helmsman lookout armourer caulker "
                + "rigger navigator pilot stoker trumpeter drummer interpreter cartographer chaplain harpooner diver fisher "
                + "scribe signaller loader sweeper lamplighter apprentice lieutenant",
                [
                    "{N} was signed on as {V}.", "The post of {V} went to {N}.", "The master made {N} our {V}.",
                    "For the rest of the voyage {N} serves as {V}.", "As {V} we now have {N}.",
                ],
                ["{N} worked as the {V}.", "the duty of {N} was {V}.", "duty of {N} : {V}."],
                ["What duty did {N} have?", "As what was {N} signed on?", "Which post did {N} hold?"]),
            new SynthRelation(
                "cargo",
                "tar rum silk tea salt pepper copper timber wool wax indigo ivory tobacco sugar coffee cotton rice flour oil "
                + "iron lead glass paper linen hides cheese dates cork cloves nutmeg ginger amber",
                [
                    "{N} brought {V} aboard.", "A load of {V} was stowed for {N}.", "We took in {V} on the account of {N}.",
                    "The goods of {N} are {V}.", "{N} paid the freight for some {V}.",
                ],
                ["{N} shipped some {V}.", "the cargo of {N} was {V}.", "cargo of {N} : {V}."],
                ["What did {N} bring aboard?", "Which goods belong to {N}?", "What cargo did {N} ship?"]),
            new SynthRelation(
                "port",
                "Lisbon Cadiz Bergen Genoa Malta Tunis Smyrna Havana Boston Bristol Dublin Calais Ostend Hamburg Danzig Riga "
                + "Naples Venice Athens Cairo Aden Bombay Madras Canton Manila Sydney Lima Callao Quebec Halifax Jamaica Madeira",
                [
                    "{N} joined us at {V}.", "At {V} we took {N} on board.", "{N} came to the ship in {V}.",
                    "The boat from {V} brought {N}.", "We had {N} with us from {V} on.",
                ],
                ["{N} came aboard at {V}.", "the port of {N} was {V}.", "port of {N} : {V}."],
                ["Where did {N} join the ship?", "At which port did {N} come aboard?", "From which port was {N} with the ship?"]),
        ],
        [
            "The wind went round to the {direction} and the sea was {mood}.", "We saw {count} sails to the {direction} at dawn.",
            "The {part} wanted mending and took {count} hours.", "Rain fell {while} and the deck was {mood}.",
            "A {mood} swell ran from the {direction} {while}.", "The pumps were worked {while}.",
            "The hands washed the {part} and rested.", "Gulls followed us {while}, a sign of land to the {direction}.",
        ]);

    private static SynthGroup Town() => new(
        "town",
        ["Register of the town of {T}.", "Town book of {T}.", "The register kept at {T}."],
        "Page",
        [
            new SynthRelation(
                "trade",
                "baker miller weaver tanner smith potter brewer butcher barber tailor mason glazier thatcher saddler cobbler "
                + "grocer printer clerk teacher doctor lawyer painter dyer fuller hatter glover locksmith chandler fishmonger "
                + "shepherd gardener coachman",
                [
                    "{N} was entered as {V}.", "The council knows {N} as a {V}.", "{N} earns a living as {V}.",
                    "The guild took in {N}, a {V}.", "The new {V} is {N}.",
                ],
                ["{N} worked as a {V}.", "the trade of {N} was {V}.", "trade of {N} : {V}."],
                ["What is the trade of {N}?", "How does {N} earn a living?", "As what was {N} entered?"]),
            new SynthRelation(
                "street",
                "Bridge Church Castle Market Silver Orchard Chapel Meadow Abbey Station Garden Crown Temple Ferry Harbour Tower "
                + "Willow Cherry Walnut Maple Cedar Poplar Hazel Holly Rose Lily Falcon Swan Raven Heron Lion Unicorn",
                [
                    "{N} lives in {V} Street.", "A house in {V} Street belongs to {N}.", "The rent of {N} is due in {V} Street.",
                    "{N} moved to {V} Street.", "In {V} Street the door of {N} was painted.",
                ],
                ["{N} had a home in {V} Street.", "the street of {N} was {V} Street.", "street of {N} : {V} Street."],
                ["In which street does {N} live?", "Where is the house of {N}?", "To which street did {N} move?"]),
            new SynthRelation(
                "animal",
                "goat goose pig cow donkey pony mule hound cat parrot canary ferret rabbit hen duck turkey peacock pigeon sheep "
                + "ox hawk owl magpie tortoise hedgehog terrier spaniel greyhound mare foal calf lamb",
                [
                    "{N} keeps a {V}.", "A {V} was bought by {N}.", "The {V} in the yard is the property of {N}.",
                    "{N} paid the tax for one {V}.", "The warden brought the lost {V} back to {N}.",
                ],
                ["{N} owned a {V}.", "the animal of {N} was a {V}.", "animal of {N} : {V}."],
                ["Which animal does {N} keep?", "What animal belongs to {N}?", "For which animal did {N} pay the tax?"]),
        ],
        [
            "The council met {while} and was {mood}.", "The bell of the {direction} gate was rung {count} times.",
            "The road to the {direction} is {mood} again.", "The fair was held {while} with {count} stalls.",
            "The mayor spoke {while} about the {part}.", "The {part} will be mended before winter.",
            "Snow lay on the roofs {while}.", "A fire in the {direction} quarter was put out {while}.",
        ]);

    private static SynthGroup Workshop() => new(
        "workshop",
        ["Job book of the workshop {T}.", "Orders taken at {T}.", "The order book of {T}."],
        "Job",
        [
            new SynthRelation(
                "item",
                "clock saddle cradle table chair wardrobe mirror lamp kettle plough wagon wheel ladder bucket barrel chest desk "
                + "bench bookcase gate bell compass violin flute drum doll kite sledge lantern teapot candlestick anvil",
                [
                    "{N} ordered a {V}.", "A {V} was promised to {N}.", "We began the {V} for {N}.",
                    "{N} came in and asked for a {V}.", "The {V} on the bench is for {N}.",
                ],
                ["{N} wanted a {V}.", "the order of {N} was a {V}.", "order of {N} : {V}."],
                ["What did {N} order?", "What is being made for {N}?", "Which piece was promised to {N}?"]),
            new SynthRelation(
                "material",
                "oak ash elm beech birch pine larch walnut cherry ebony mahogany teak brass bronze steel pewter tin zinc gold "
                + "silver leather canvas felt velvet horn bone marble slate granite wicker cane clay",
                [
                    "{N} will have it in {V}.", "For {N} we use {V}.", "{N} chose {V} for the work.",
                    "The best {V} was laid aside for {N}.", "{N} wants nothing but {V}.",
                ],
                ["{N} asked for {V}.", "the material of {N} was {V}.", "material of {N} : {V}."],
                ["Which material did {N} choose?", "What do we use for {N}?", "What was laid aside for {N}?"]),
            new SynthRelation(
                "colour",
                "red blue green yellow white black brown grey purple orange pink scarlet crimson maroon ochre olive cream tan "
                + "beige violet lilac turquoise navy emerald ruby russet sepia charcoal mauve cobalt azure buff",
                [
                    "{N} likes it painted {V}.", "The finish for {N} is {V}.", "We mixed {V} for {N}.",
                    "{N} sent a sample of {V}.", "In {V} it shall be, says {N}.",
                ],
                ["{N} got a coat of {V}.", "the colour of {N} was {V}.", "colour of {N} : {V}."],
                ["Which colour did {N} ask for?", "What finish does {N} get?", "In which colour is the work for {N}?"]),
        ],
        [
            "The stove smoked {while} and the room was {mood}.", "We sharpened {count} blades {while}.",
            "The {part} broke and was mended in {count} hours.", "The cart from the {direction} came late and was {mood}.",
            "The apprentices swept the {part} and went home.", "Glue and nails were counted {while}.",
            "The light from the {direction} window was {mood}.", "A traveller told us stories {while}.",
        ]);
}
