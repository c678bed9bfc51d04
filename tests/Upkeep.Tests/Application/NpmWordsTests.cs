using Upkeep.Application.Commands;

namespace Upkeep.Tests.Application;

public sealed class NpmWordsTests
{
    [Theory]
    [InlineData("npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install packages when in sync.\nnpm error\nnpm error Run \"npm help ci\" for more info\nnpm error A complete log of this run can be found in: /x", "code EUSAGE | `npm ci` can only install packages when in sync.")]
    [InlineData("npm warn old\nnpm error code ECONNREFUSED\nnpm error errno ECONNREFUSED\nnpm error FetchError: connect ECONNREFUSED 127.0.0.1:1\nnpm error more", "code ECONNREFUSED | errno ECONNREFUSED | FetchError: connect ECONNREFUSED 127.0.0.1:1")]
    [InlineData("Killed\n", "Killed")]
    public void The_reason_is_what_npm_says_first(string output, string why) => NpmWords.Why(output).ShouldBe(why);
}
