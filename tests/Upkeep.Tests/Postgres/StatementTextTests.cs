using Upkeep.Postgres;

namespace Upkeep.Tests.Postgres;

public sealed class StatementTextTests
{
    [Theory]
    [InlineData("select * from t where a = 'O''Brien' and b = 42", "select * from t where a = ? and b = ?")]
    [InlineData("alter role x password 'hunter2", "alter role x password ?")]
    [InlineData("select E'it\\'s' , $tag$ secret ' $tag$, $$ x", "select E? , ?, ?")]
    [InlineData("select \"Odd 'name' 1\" from t1 -- pass 'x'\nwhere id=$1", "select \"Odd 'name' 1\" from t1 where id=$1")]
    [InlineData("select /* 'x' */ 1.5e3, 0xFF", "select ?, ?")]
    [InlineData("a\r\n\t  b", "a b")]
    public void Constants_comments_and_line_ends_are_gone(string statement, string masked) => StatementText.Mask(statement, 100).ShouldBe(masked);

    [Fact]
    public void A_long_statement_is_cut() => StatementText.Mask("select " + new string('x', 500), 20).ShouldBe("select xxxxxxxxxxxxx…");
}
