using System.Text;
using CsCheck;
using Upkeep.Logs.Patterns;

namespace Upkeep.Tests.Logs;

public sealed class PatternMinerTests
{
    private static readonly string[] _messages = ["user anna logged in", "user bert logged in", "disk 1 full", "disk 2 full", "state NEW", "state RUNNING", "x=1, y=b", ""];

    [Theory]
    [InlineData("Failed password for root from 192.0.2.7 port 50215 ssh2", "Failed password for root from <*> port <*>")]
    [InlineData("connection from 192.0.2.7 () at 10:20:30", "connection from <*> (<*>) at <*>")]
    [InlineData("machine check enable..............1", "machine check enable.<*>")]
    [InlineData("lifetime <1 sec", "lifetime <*>")]
    public void Values_are_masked_by_their_look_alone(string message, string template) => Templates([message]).Single().Text.ShouldStartWith(template);

    [Fact]
    public void Every_line_is_in_exactly_one_template_whatever_the_order() =>
        Gen.Int[0, _messages.Length - 1].Select(number => _messages[number]).Array[1, 40].Sample(messages =>
        {
            var forward = Templates(messages);
            var backward = Templates([.. messages.AsEnumerable().Reverse()]);

            forward.Sum(template => template.Count).ShouldBe(messages.Length);
            forward.SelectMany(template => template.Lines).Order().ShouldBe(Enumerable.Range(1, messages.Length).Select(line => (long)line));
            forward.Select(template => (template.Id, template.Count)).Order().ShouldBe(backward.Select(template => (template.Id, template.Count)).Order());
        });

    private static IReadOnlyList<Template> Templates(string[] messages)
    {
        var miner = new PatternMiner(withLines: true);
        for (var line = 0; line < messages.Length; line++)
            miner.Add(Encoding.UTF8.GetBytes(messages[line]), new Sighting(line + 1, 0));
        return miner.Templates();
    }
}
