// The engine serves programs of any kind: what can be set is named by its own properties, never by an option of one program.
using Memo.Constructions;
using Memo.Data;
using Memo.Networks;
using Memo.Numerics;

namespace Memo.Tests;

public sealed class MemoExceptionTests
{
    private static Dataset Digits(int perClass) => DataReference.Parse("digits").Load(DataPart.Train, new LoadOptions { PerClass = perClass });

    public static TheoryData<string, string> Cases() => new()
    {
        { nameof(LoadOptions.PerClass), "too many" },
        { nameof(LoadOptions.PerClass), "none" },
        { nameof(LoadOptions.LabelColumn), "label column" },
        { nameof(OnConflict), "conflict" },
        { nameof(OnConflict), "all in conflict" },
        { nameof(ConstructionSettings.Rho), "rho" },
        { nameof(DataReference.SelectedClasses), "many classes" },
        { nameof(DataReference.SelectedClasses), "strange class" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_remedy_is_named_in_the_engines_own_terms(string setting, string mistake)
    {
        Dataset conflict = Dataset.Create(new byte[] { 1, 1 }, 1, [0, 1]);
        MemoException exception = Assert.ThrowsAny<MemoException>(() => _ = mistake switch
        {
            "too many" => Digits(5000),
            "none" => Digits(0),
            "label column" => DataReference.Parse("digits").Load(options: new LoadOptions { LabelColumn = 1 }),
            "conflict" => Construction.Build("cells", conflict),
            "all in conflict" => LabelConflicts.Resolve(conflict, OnConflict.Drop, out _),
            "rho" => Construction.Build("constant", Digits(2), new ConstructionSettings { Rho = new Ratio(1, 2) }),
            "many classes" => Construction.Build("sqrt", Digits(2)),
            "strange class" => (object)Digits(2).AlignTo(ClassList.FromIntegers([0, 1])),
            _ => throw new ArgumentOutOfRangeException(nameof(mistake)),
        });
        Assert.Equal(setting, exception.Setting);
        Assert.DoesNotContain("--", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_adds_to_another_keeps_its_remedy()
    {
        var inner = new MemoException("inner") { Setting = "Inner" };
        Assert.Equal("Inner", new MemoException("outer", inner).Setting);
        Assert.Equal("Own", new MemoException("outer", inner) { Setting = "Own" }.Setting);
        Assert.Null(new MemoException("outer", new InvalidOperationException()).Setting);
    }

    [Fact]
    public void A_prediction_that_a_network_cannot_give_has_no_remedy()
    {
        using INetwork network = Construction.Build("vardi", Digits(2));
        Assert.Null(Assert.Throws<MemoException>(() => network.Predict(Digits(1).Points, Outputs.Radii)).Setting);
    }
}
