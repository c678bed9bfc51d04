using System.CommandLine;
using Upkeep.Cli.Output;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Cli;

/// <summary>What a verb does with its parsed options.</summary>
internal delegate Task<ExitStatus> VerbAction(ParseResult parsed, VerbContext context, CancellationToken cancellationToken);

/// <summary>Runs verbs: makes what they need, catches what they throw, and answers signals.</summary>
internal sealed class VerbHost(GlobalOptions globals, TextWriter answer, TextWriter log, TimeProvider time)
{
    /// <summary>Makes <paramref name="action"/> the work of <paramref name="command"/>.</summary>
    public void On(Command command, VerbAction action) =>
        command.SetAction(async (parsed, cancellationToken) => (int)await RunAsync(parsed, action, cancellationToken));

    public CommandOutput Output(ParseResult parsed) =>
        new(answer, log, OutputSettings.From(
            // A malformed --format is itself a usage error, told as text.
            parsed.GetResult(globals.Format) is { } format && !format.Errors.Any() ? format.GetValueOrDefault<OutputFormat>() : OutputFormat.Text,
            parsed.GetValue(globals.NoColor), parsed.GetValue(globals.Verbose), parsed.GetValue(globals.Quiet),
            isTerminal: ReferenceEquals(log, Console.Error) && !Console.IsErrorRedirected), time);

    private async Task<ExitStatus> RunAsync(ParseResult parsed, VerbAction action, CancellationToken cancellationToken)
    {
        var output = Output(parsed);
        using var interrupts = new Interrupts(output, cancellationToken);
        try
        {
            return await action(parsed, new VerbContext(output, parsed.GetValue(globals.Config), interrupts, time), interrupts.Token);
        }
        catch (CommandException problem)
        {
            output.Problem(problem.Status, problem.Message, problem.Hint, problem.InnerException);
            return problem.Status;
        }
        catch (InvalidConfigurationException problem)
        {
            output.Problems(problem.Message, problem.Problems);
            return ExitStatus.Usage;
        }
        catch (DatabaseUnreachableException problem)
        {
            var status = ExitStatuses.Of(problem);
            output.Problem(status, $"Not started: {problem.Message}", problem.Hint, problem.InnerException);
            return status;
        }
        catch (UnusableRootException problem)
        {
            output.Problem(ExitStatus.Usage, $"Not started: {problem.Message}", problem.Hint, problem.InnerException);
            return ExitStatus.Usage;
        }
        catch (JournalException problem)
        {
            output.Problem(ExitStatus.UnexpectedError, problem.Message, problem.Hint, problem.InnerException);
            return ExitStatus.UnexpectedError;
        }
        catch (OperationCanceledException) when (interrupts.Token.IsCancellationRequested)
        {
            output.Problem(ExitStatus.Stopped, "Stopped on request.", null);
            return ExitStatus.Stopped;
        }
        catch (Exception problem)
        {
            output.Problem(ExitStatus.UnexpectedError, $"Unexpected error: {problem.GetType().Name}: {problem.Message}",
                output.Settings.Verbose ? "Please report this with the lines below." : "Run it again with --verbose for the details, and please report them.", problem);
            return ExitStatus.UnexpectedError;
        }
    }
}
