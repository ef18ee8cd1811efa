using Memo.Data;
using Memo.Experiments;

namespace Memo.Tests;

public sealed class ClassPairTests
{
    [Fact]
    public void All_names_every_pair_once_in_the_order_of_the_classes() =>
        Assert.Equal(["7-1", "7-3", "1-3"], ClassPair.Parse("all", new ClassList(["7", "1", "3"])).Select(pair => pair.ToString()));

    [Theory]
    [InlineData("1-7,7-1", "1|7", "7|1")]
    [InlineData(" 1-7 , 3-1", "1|7", "3|1")]
    [InlineData("-1--2", "-1|-2")]
    [InlineData("-2-1", "-2|1")]
    [InlineData("t-rex-ox,ox-t-rex", "t-rex|ox", "ox|t-rex")]
    public void A_list_is_read_with_hyphens_in_names(string text, params string[] pairs) =>
        Assert.Equal(pairs, ClassPair.Parse(text, new ClassList(["-2", "-1", "1", "3", "7", "ox", "t-rex"]))
            .Select(pair => $"{pair.Negative}|{pair.Positive}"));

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1-1")]
    [InlineData("1-2,")]
    [InlineData("1-9")]
    [InlineData("all,1-2")]
    public void What_is_no_pair_is_refused(string text) =>
        Assert.Throws<MemoException>(() => ClassPair.Parse(text, new ClassList(["1", "2"])));

    [Fact]
    public void One_class_makes_no_pair() => Assert.Throws<MemoException>(() => ClassPair.All(new ClassList(["1"])));
}
