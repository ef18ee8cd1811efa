using CsCheck;
using Memo.Data;

namespace Memo.Tests.Data;

public sealed class LabelConflictTests
{
    private static Dataset Data(ElementType type, int[] values, int columns, int[] labels, int[]? rows = null) =>
        new(type switch
        {
            ElementType.UInt8 => new SampleMatrix<byte>([.. values.Select(v => (byte)v)], labels.Length, columns),
            ElementType.Float32 =>
                new SampleMatrix<float>(
                    [.. values.Select((v, i) => v == 0 && i % 2 == 0 ? -0.0f : v)], labels.Length, columns),
            _ => new SampleMatrix<double>(
                [.. values.Select((v, i) => v == 0 && i % 2 == 0 ? -0.0 : v)], labels.Length, columns),
        }, labels, ClassList.FromIntegers([10, 20, 30]), "test", rows);

    private static string Key(Dataset data, int i) =>
        string.Join(' ', Enumerable.Range(0, data.Dimension).Select(k => data.Points[i, k] + 0.0));

    private static readonly Gen<Dataset> Small =
        from type in Gen.Enum<ElementType>()
        from count in Gen.Int[1, 25]
        from columns in Gen.OneOf(1, 2, 9)
        from values in Gen.Int[0, 1].Array[count * columns]
        from labels in Gen.Int[0, 2].Array[count]
        from rows in Gen.Shuffle(Enumerable.Range(100, 100).ToArray(), count, count)
        select Data(type, [.. values.Select((v, i) => i % columns < 3 ? v : 7)], columns, labels, rows);

    // The oracle groups by the printed values.
    [Fact]
    public void Policies_do_what_they_say() => Small.Sample(data =>
    {
        ILookup<string, int> groups = Enumerable.Range(0, data.Count).ToLookup(i => Key(data, i));
        bool InConflict(IEnumerable<int> group) => group.Select(i => data.Labels[i]).Distinct().Count() > 1;
        int Winner(IEnumerable<int> group) => group.GroupBy(i => data.Labels[i])
            .OrderByDescending(same => same.Count()).ThenBy(same => same.Min(i => data.FileRows[i])).First().Key;

        if (groups.Any(InConflict))
        {
            var fault = Assert.Throws<LabelConflictException>(() =>
                LabelConflicts.Resolve(data, OnConflict.Error, out _));
            int first = Array.IndexOf(data.FileRows.ToArray(), (int)fault.FirstRow),
                second = Array.IndexOf(data.FileRows.ToArray(), (int)fault.SecondRow);
            Assert.Equal(Key(data, first), Key(data, second));
            Assert.NotEqual(data.Labels[first], data.Labels[second]);
            Assert.Equal(groups.Where(InConflict).SelectMany(group => group).Min(i => data.FileRows[i]),
                fault.FirstRow);
        }
        else
            Assert.Same(data, LabelConflicts.Resolve(data, OnConflict.Error, out _));

        int[] dropKeeps = [.. Enumerable.Range(0, data.Count).Where(i => !InConflict(groups[Key(data, i)]))];
        if (dropKeeps.Length == 0)
            Assert.Throws<MemoException>(() => LabelConflicts.Resolve(data, OnConflict.Drop, out _));
        else
            AssertKeeps(dropKeeps, OnConflict.Drop);
        AssertKeeps([.. Enumerable.Range(0, data.Count).Where(i => data.Labels[i] == Winner(groups[Key(data, i)]))],
            OnConflict.Majority);

        void AssertKeeps(int[] positions, OnConflict policy)
        {
            Dataset kept = LabelConflicts.Resolve(data, policy, out int dropped);
            Assert.Equal(data.Count - positions.Length, dropped);
            Assert.Equal(positions.Select(i => data.FileRows.ToArray()[i]), kept.FileRows.ToArray());
            Assert.Equal(positions.Select(i => data.LabelArray[i]), kept.LabelArray);
            Assert.Same(kept, LabelConflicts.Resolve(kept, OnConflict.Error, out _));
        }
    });

    [Fact]
    public void Rows_and_labels_are_named_as_in_the_file()
    {
        Dataset data = Data(ElementType.UInt8, [1, 2, 1, 2], 1, [0, 1, 0, 2], [40, 31, 22, 13]);
        var fault = Assert.Throws<LabelConflictException>(() => LabelConflicts.Resolve(data, OnConflict.Error, out _));
        Assert.Equal((13, 31), (fault.FirstRow, fault.SecondRow));
        Assert.Contains("rows 13 (label 30) and 31 (label 20)", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Zeros_of_either_sign_are_equal()
    {
        var data = new Dataset(
            new SampleMatrix<float>([0f, -0f], 2, 1), [0, 1], ClassList.FromIntegers([0, 1]), "test");
        Assert.Throws<LabelConflictException>(() => LabelConflicts.Resolve(data, OnConflict.Error, out _));
    }
}
