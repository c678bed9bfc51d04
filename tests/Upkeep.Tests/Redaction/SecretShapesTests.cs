using Upkeep.Redaction;

namespace Upkeep.Tests.Redaction;

public sealed class SecretShapesTests
{
    [Theory]
    [InlineData("login password=hunter2 failed", "login password=***** failed")]
    [InlineData("""{"db_password": "hun\"ter2", "a": 1}""", """{"db_password": *****, "a": 1}""")]
    [InlineData("Authorization: Bearer abc.def-123", "Authorization: Bearer *****")]
    [InlineData("postgres://app:hunter2@db:5432/x", "postgres://app:*****@db:5432/x")]
    [InlineData("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc here", "got ***** here")]
    [InlineData("key AKIAABCDEFGHIJKLMNOP leaked", "key ***** leaked")]
    [InlineData("DB_PASS=hunter2 pass: ypass PASS=x", "DB_PASS=***** pass: ***** PASS=*****")]
    [InlineData("12 tests passed: all; bypass=on, compass: north", "12 tests passed: all; bypass=on, compass: north")]
    [InlineData("glpat-abcdefghij0123456789 npm_abcdefghijklmnopqrstuvwxyz0123456789 sk-ant-api03-abcdefghijk", "***** ***** *****")]
    [InlineData("the token was renewed", "the token was renewed")]
    [InlineData("red\u001b[31m and \u202eevil", "red [31m and  evil")]
    public void What_looks_like_a_secret_is_masked_and_the_rest_stays(string text, string clean) => SecretShapes.Clean(text, 200).ShouldBe(clean);

    [Fact]
    public void A_long_text_is_cut_after_masking() => SecretShapes.Clean(new string('x', 9000), 10).ShouldBe("xxxxxxxxxx…");
}
