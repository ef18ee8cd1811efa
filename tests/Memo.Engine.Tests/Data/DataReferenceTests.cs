using Memo.Data;
using static Memo.Tests.Data.Bytes;

namespace Memo.Tests.Data;

public sealed class DataReferenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Classes_are_selected_in_the_order_named_before_anything_else()
    {
        string path = _folder.Write("a.csv", "1,a\n2,b\n3,c\n4,a\n5,c\n6,c\n");
        var reference = DataReference.Parse(path + ":c, a");
        Assert.Equal(["c", "a"], reference.SelectedClasses);
        Assert.False(reference.HasParts);
        Dataset data = reference.Load(DataPart.Test, new LoadOptions { PerClass = 2 });
        Assert.Equal(["c", "a"], data.Classes);
        Assert.Equal([0, 2, 3, 4], data.FileRows);
        Assert.Equal([1, 0, 1, 0], data.Labels);
        var poor = Assert.Throws<MemoException>(() => reference.Load(DataPart.Test, new LoadOptions { PerClass = 3 }));
        Assert.Contains("class a has 2 samples", poor.Message, StringComparison.Ordinal);
        Assert.Throws<MemoException>(() => reference.Load(DataPart.Test, new LoadOptions { PerClass = 0 }));
        Assert.Throws<MemoException>(() => reference.Load(DataPart.Test, new LoadOptions { PerClass = int.MaxValue }));
    }

    [Fact]
    public void A_class_may_be_written_as_any_form_of_its_integer()
    {
        string path = _folder.Write("a.csv", "1,+1\n2,-1\n");
        Assert.Equal(["1", "-1"], DataReference.Parse(path + ":+1,-1.0").Load(DataPart.Default).Classes);
        var unknown = Assert.Throws<MemoException>(() => DataReference.Parse(path + ":7").Load(DataPart.Default));
        Assert.Contains("no class 7; the classes are -1, 1", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<MemoException>(() => DataReference.Parse(path + ":1,1").Load(DataPart.Default));
        Assert.Throws<MemoException>(() => DataReference.Parse(path + ":"));
        Assert.Throws<MemoException>(() => DataReference.Parse(path + ":1,,-1"));
    }

    [Fact]
    public void Shuffle_depends_on_the_seed_alone_and_keeps_rows_with_their_samples()
    {
        string path = _folder.Write("a.csv", string.Concat(Enumerable.Range(0, 50).Select(i => $"{i},{i % 3}\n")));
        Dataset Load(ulong seed) =>
            DataReference.Parse(path).Load(DataPart.Default, new LoadOptions { Shuffle = true, Seed = seed });
        Dataset data = Load(1);
        Assert.Equal(Load(1).FileRows, data.FileRows);
        Assert.NotEqual(Load(2).FileRows.ToArray(), data.FileRows.ToArray());
        Assert.Equal(Enumerable.Range(0, 50), data.FileRows.ToArray().Order());
        for (int i = 0; i < 50; i++) Assert.Equal(
            (data.FileRows[i], data.FileRows[i] % 3), ((int)data.Points[i, 0], data.Labels[i]));
        Assert.Equal(Values(data.Points),
            Values(DataReference.Parse(path)
                .LoadPoints(DataPart.Default, new LoadOptions { Shuffle = true, Seed = 1 })));
    }

    [Fact]
    public void Colons_in_paths_and_class_names_are_understood()
    {
        string inner = Path.Combine(_folder.Path, "a:b");
        Directory.CreateDirectory(inner);
        string path = Path.Combine(inner, "c:1,7.csv");
        File.WriteAllText(path, "1,x:y\n2,z\n");
        Assert.Null(DataReference.Parse(path).SelectedClasses);
        Assert.Equal(["z"], DataReference.Parse(path + ":z").SelectedClasses);
        Assert.Equal(1, DataReference.Parse(path + ":x:y").Load(DataPart.Default).Count);
        Assert.Equal(["0", "1"], DataReference.Parse("moons?count=5:0,1").SelectedClasses);
    }

    [Fact]
    public void Unknown_names_and_missing_files_are_told_apart()
    {
        var unknown = Assert.Throws<MemoException>(() => DataReference.Parse("mnits:1,7"));
        foreach (string piece in (
            string[])["'mnits'", "digits, mnist, fashion-mnist, cifar-10", "moons", "hypercube", "path"])
            Assert.Contains(piece, unknown.Message, StringComparison.Ordinal);
        Refused(() => DataReference.Parse(Path.Combine(_folder.Path, "none.csv:1,7")), "none.csv",
            "no such file or folder");
        Assert.Throws<MemoException>(() => DataReference.Parse(""));
        Refused(() => DataReference.Parse(_folder.Write("a.xyz", "1")).Load(DataPart.Default), "'.xyz'", ".npz");
        Refused(() => DataReference.Parse(_folder.Write("e.csv", "")).Load(DataPart.Default), "empty");
    }

    [Fact]
    public void A_plus_makes_one_class_of_several()
    {
        Dataset all = DataReference.Parse("digits").Load(DataPart.Train);
        Dataset halves = DataReference.Parse("digits:0+1+2+3+4,5+6+7+8+9").Load(DataPart.Train);
        Assert.Equal(["0+1+2+3+4", "5+6+7+8+9"], halves.Classes);
        Assert.Equal(all.LabelArray.Select(label => label < 5 ? 0 : 1), halves.LabelArray);
        Dataset some = DataReference.Parse("digits:7,1+3").Load(DataPart.Train);
        Assert.Equal(all.LabelArray.Count(label => label is 1 or 3), some.LabelArray.Count(label => label == 1));
        Assert.Equal("digits: class 2 is named twice",
            Assert.Throws<MemoException>(() => DataReference.Parse("digits:1+2,2").Load(DataPart.Train)).Message);
        Assert.StartsWith("digits: no class 12;",
            Assert.Throws<MemoException>(() => DataReference.Parse("digits:1+12,2").Load(DataPart.Train)).Message, StringComparison.Ordinal);
        // A class whose own name has the sign in it is that class.
        Dataset named = DataReference.Parse(_folder.Write("plus.csv", "1,a+b\n2,a\n3,b\n") + ":a+b,b").Load(DataPart.Default);
        Assert.Equal([0, 1], named.Labels);
    }

    [Fact]
    public void A_npy_holds_points_without_labels()
    {
        string path = _folder.Write("a.npy", Npy("|u1", false, [2, 2], [1, 2, 3, 4]));
        Assert.Equal([1.0, 2, 3, 4], Values(DataReference.Parse(path).LoadPoints(DataPart.Test)));
        Refused(() => DataReference.Parse(path).Load(DataPart.Test), "without labels");
        Refused(() => DataReference.Parse(path + ":1").LoadPoints(DataPart.Test), "without labels");
    }

    [Theory]
    [InlineData("digits")]
    [InlineData("moons")]
    [InlineData("a.npy")]
    [InlineData("a.npz")]
    [InlineData("a.svm")]
    [InlineData("images")]
    public void A_label_column_is_refused_where_there_is_none(string name)
    {
        if (name.StartsWith("a.", StringComparison.Ordinal)) name = _folder.Write(name, "");
        if (name == "images") Directory.CreateDirectory(name = _folder[name]);
        var reference = DataReference.Parse(name);
        var options = new LoadOptions { LabelColumn = 1 };
        foreach (Action read in (Action[])[
            () => reference.Load(DataPart.Default, options), () => reference.LoadPoints(DataPart.Default, options)])
        {
            MemoException refusal = Assert.Throws<MemoException>(read);
            Assert.Contains("label column 1 applies to .csv and .tsv files only", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(nameof(LoadOptions.LabelColumn), refusal.Setting);
        }
    }

    [Fact]
    public void Numbered_classes_of_known_sets_have_names()
    {
        Assert.Empty(DataReference.Parse("digits").ClassNames);
        Assert.Equal("dog", DataReference.Parse("cifar-10:3,5").ClassNames["5"]);
        Assert.All(DataCatalogue.Entries, entry => Assert.True(entry.ClassNames.Count is 0 or 10));
    }

    [Fact]
    public void Data_that_does_not_fit_is_refused_by_name()
    {
        var data = new Dataset(
            new SampleMatrix<double>([1, 2, 3, 4.5], 2, 2), [0, 1], new ClassList(["a", "b"]), "mine");
        Assert.Same(data.Points, data.FitTo(2, ElementType.Float64, "the network").Points);
        Assert.Equal(Values(data.Points), Values(data.FitTo(2, ElementType.Float32, "the network").Points));
        Assert.Equal("mine: samples of 2 features, but the network takes 3",
            Assert.Throws<MemoException>(() => data.FitTo(3, ElementType.Float64, "the network")).Message);
        string message =
            Assert.Throws<MemoException>(() => data.FitTo(2, ElementType.UInt8, "the network")).Message;
        Assert.StartsWith("mine: row 1, column 1: the value 4.5", message, StringComparison.Ordinal);
        Assert.EndsWith("the type that the network takes", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Digits_are_embedded_in_two_parts_with_file_rows()
    {
        var digits = DataReference.Parse("digits");
        Assert.True(digits.HasParts);
        Dataset train = digits.Load(DataPart.Train), test = digits.Load(DataPart.Test);
        Assert.Equal((1000, 797, 64), (train.Count, test.Count, test.Dimension));
        Assert.Equal(Enumerable.Range(0, 1000), train.FileRows.ToArray());
        Assert.Equal(Enumerable.Range(1000, 797), test.FileRows.ToArray());
        Assert.Equal(ElementType.UInt8, train.Points.ElementType);
        Assert.Equal(10, train.Classes.Count);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], Names(train)[..10]);
        // Sum of all 1,797 x 64 pixels, counted with awk over the file.
        Assert.Equal(561718, Values(train.Points).Sum() + Values(test.Points).Sum());
    }

    [Fact]
    public void The_seed_reaches_generators() =>
        Assert.NotEqual(
            Values(DataReference.Parse("moons").LoadPoints(DataPart.Default, new LoadOptions { Seed = 1 })),
            Values(DataReference.Parse("moons").LoadPoints(DataPart.Default, new LoadOptions { Seed = 2 })));
}
