using System.ComponentModel.DataAnnotations;
using System.Reflection;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Trust;
using LLoCO.Core.Validation;
using LLoCO.Training;
using LLoCO.Training.SelfStudy;
using Xunit;

namespace LLoCO.Core.Tests.Validation;

public sealed class OptionsFaultsTests
{
    public static TheoryData<string, object> Faulty => new()
    {
        { "Temperature is -0.4; it must be 0 to 100.", new GenerationOptions { Temperature = -0.4 } },
        { "Temperature is NaN; it must be 0 to 100.", new GenerationOptions { Temperature = double.NaN } },
        { "Temperature is 1E+300; it must be 0 to 100.", new GenerationOptions { Temperature = 1e300 } },
        { "TopP is 1.4; it must be 0 to 1.", new GenerationOptions { TopP = 1.4 } },
        { "TopP is Infinity; it must be 0 to 1.", new GenerationOptions { TopP = double.PositiveInfinity } },
        { "RepetitionPenalty is 0; it must be 0.01 to 100.", new GenerationOptions { RepetitionPenalty = 0 } },
        { "StopStrings is null; give it a value or leave it out.", new GenerationOptions { StopStrings = null! } },
        { "StopStrings[1] is empty; give it a text or leave it out.", new GenerationOptions { StopStrings = ["a", ""] } },
        { "StopStrings[0] is null; leave it out.", new GenerationOptions { StopStrings = [null!] } },
        { "StopTokenIds is null; give it a value or leave it out.", new GenerationOptions { StopTokenIds = null! } },
        { "DocumentIds is null; give it a value or leave it out.", new AskOptions { DocumentIds = null! } },
        { "DocumentIds[0] is empty; give it a text or leave it out.", new AskOptions { DocumentIds = [""] } },
        {
            "Context is 9, which is not known; it must be Summary, None, Truncated, Full or Passages.",
            new AskOptions { Context = (ContextMode)9 }
        },
        {
            "WindowPolicy is -1, which is not known; it must be Error or FewerDocuments.",
            new AskOptions { WindowPolicy = (WindowPolicy)(-1) }
        },
        { "TopK is 0; it must be 1 to 1024.", new AskOptions { TopK = 0 } },
        {
            "Expand.When is 7, which is not known; it must be Never, Always or Auto.",
            new AskOptions { Expand = new ExpandOptions { When = (ExpandWhen)7 } }
        },
        { "Expand.MinConfidence is 1.4; it must be 0 to 1.", new AskOptions { Expand = new ExpandOptions { MinConfidence = 1.4 } } },
        {
            "Generation.MaxNewTokens is 0; it must be 1 to 1048576.",
            new AskOptions { Generation = new GenerationOptions { MaxNewTokens = 0 } }
        },
        { "Folder ('a\\0b') holds the character NUL; no path does.", new PrefixCacheOptions { Folder = "a\0b" } },
        { "Folder is blank; it must name a file or folder.", new PrefixCacheOptions { Folder = " " } },
        { "MaxBytes is -1; it must be 0 or more.", new PrefixCacheOptions { MaxBytes = -1 } },
        { "Threads is 999; it must be 0 to 256.", new DecodingOptions { Threads = 999 } },
        { "LearningRate is -0.4; it must be 0 to 1.", new AdapterTrainingOptions { LearningRate = -0.4 } },
        { "Targets is null; give it a value or leave it out.", new AdapterTrainingOptions { Targets = null! } },
        {
            "Targets[0] is 99, which is not known; it must be " + OneOf<LoraTarget>() + ".",
            new AdapterTrainingOptions { Targets = [(LoraTarget)99] }
        },
        { "MinConfidence is 1.4; it must be 0 to 1.", new SelfStudyOptions { MinConfidence = 1.4 } },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void Find_OneFault_SaysWhatIsAllowed(string expected, object options)
    {
        Assert.Equal(expected, Assert.Single(OptionsFaults.Find(options)));
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task Ask_AnyFaultOfTheQuestion_IsOneClearError(string expected, object options)
    {
        AskOptions? asked = options switch
        {
            AskOptions ask => ask,
            GenerationOptions generation => new AskOptions { Generation = generation },
            _ => null,
        };
        if (asked is null)
        {
            Assert.True(
                options is DecodingOptions or PrefixCacheOptions or TrainingOptions or SelfStudyOptions,
                $"{options.GetType()} is not asked with.");
            return;
        }

        await using FakePipeline fake = await FakePipeline.CreateAsync();

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(() => fake.AskAsync("why", asked));

        Assert.StartsWith("The question's options cannot be used. ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, fake.Decoder.Started);
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public void Check_TrainingOptions_AreOneClearError(string expected, object options)
    {
        if (options is AdapterTrainingOptions training)
        {
            LlocoException error = Assert.Throws<LlocoException>(training.Check);

            Assert.Equal($"The training options cannot be used. {expected}", error.Message);
        }
        else
        {
            Assert.IsNotType<TrainingOptions>(options, exactMatch: false);
        }
    }

    [Fact]
    public void Find_Defaults_HaveNone()
    {
        object[] all =
        [
            new AskOptions(), new GenerationOptions(), new DecodingOptions(), new PrefixCacheOptions(), new BatchOptions(),
            ExpandOptions.Auto, new FidelityOptions(),
            new AdapterTrainingOptions(), new CompressorTrainingOptions(), new SelfStudyOptions(), new ModelTeacherOptions(),
        ];

        Assert.All(all, options => Assert.Empty(OptionsFaults.Find(options)));
    }

    /// <summary>Options that have their defaults are not looked at, so the defaults must be right.</summary>
    [Fact]
    public void Find_DefaultsOfAllOptions_HaveNoneWhereTheyAreLookedAt()
    {
        Type[] types =
        [
            .. new[] { typeof(AskOptions), typeof(AdapterTrainingOptions) }.SelectMany(type => type.Assembly.GetTypes())
                .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && !type.IsAbstract
                    && type.GetConstructor(Type.EmptyTypes) is not null && !type.GetCustomAttributesData().Any(mark => mark.AttributeType.Name == "RequiredMemberAttribute")),
        ];

        Assert.Contains(typeof(PrefixCacheOptions), types);
        Assert.All(types, type => Assert.Empty(OptionsFaults.Find(Activator.CreateInstance(type)!, evenDefaults: true)));
    }

    [Fact]
    public void Find_Limits_AreAllowed()
    {
        Assert.Empty(OptionsFaults.Find(new GenerationOptions { Temperature = 100, TopP = 0, RepetitionPenalty = 0.01 }));
        Assert.Empty(OptionsFaults.Find(new PrefixCacheOptions { MaxBytes = long.MaxValue, MaxFolderBytes = 0 }));
        Assert.Empty(OptionsFaults.Find(new DecodingOptions { Threads = 256 }));
    }

    [Theory]
    [InlineData("LLoCO.Core")]
    [InlineData("LLoCO.Training")]
    public void Ranges_OfFractions_AreFractions(string assembly)
    {
        // [Range(0, 1)] on a double rounds the value before it compares: -0.4 passes, and 1e300 throws. A host's own validation
        // of options (DataAnnotations) reads the same attributes.
        PropertyInfo[] fractions = [.. Assembly.Load(assembly).GetTypes().SelectMany(type => type.GetProperties())
            .Where(property => (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) is var type
                && (type == typeof(double) || type == typeof(float)) && property.IsDefined(typeof(RangeAttribute)))];

        Assert.NotEmpty(fractions);
        Assert.All(fractions, property => Assert.True(
            property.GetCustomAttribute<RangeAttribute>()!.OperandType == typeof(double), $"{property.DeclaringType}.{property.Name}"));
    }

    private static string OneOf<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetNames<T>()[..^1]) + " or " + Enum.GetNames<T>()[^1];
}
