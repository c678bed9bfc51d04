using System.CommandLine;

namespace Upkeep.Cli.Verbs;

/// <summary>The run that a verb is about. The parser would take a misspelt option for its name, and we would look for that in the journal.</summary>
internal static class RunArgument
{
    public static Argument<string?> Create(string byDefault)
    {
        var run = new Argument<string?>("RUN") { Description = $"The run (default: {byDefault}).", Arity = ArgumentArity.ZeroOrOne };
        run.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] option }])
                result.AddError($"There is no option {option}.");
        });
        return run;
    }
}
