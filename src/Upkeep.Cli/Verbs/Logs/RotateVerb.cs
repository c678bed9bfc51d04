using System.CommandLine;
using Upkeep.Cli.Output;
using Upkeep.Configuration;
using Upkeep.Logs.Logrotate;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Cli.Verbs.Logs;

/// <summary><c>upkeep logs rotate</c>: archives the lines of logs while they are written. With files named it needs no configuration and no database.</summary>
internal static class RotateVerb
{
    public static Command Create(VerbHost host)
    {
        var options = new RotateOptions();
        var command = new Command("rotate", "Archives the lines of logs while they are being written; not one is lost or doubled. Without FILE: the logs of the configuration.");
        options.AddTo(command);
        host.On(command, (parsed, context, cancellationToken) => RunAsync(options.Requests(parsed, context), context, cancellationToken));
        return command;
    }

    private static async Task<ExitStatus> RunAsync((IReadOnlyList<RotationRequest> Requests, ProgramDoor Programs) asked, VerbContext context, CancellationToken cancellationToken)
    {
        var rotation = new LogRotation(asked.Programs, LogrotateNeighbour.OfThisMachine(context.Time), context.Time);
        var told = new List<RotatedFile>();
        foreach (var request in asked.Requests)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var outcome = await rotation.RotateAsync(request, cancellationToken);
            told.Add(new RotatedFile(request.Path, outcome.Done, outcome.Problem, outcome.Notices, outcome.Idle));
            Tell(context.Output, told[^1]);
        }
        if (context.Output.IsJson)
            context.Output.Json(new { Schema = 1, Files = told });
        return told.Any(file => file.Problem is not null) ? ExitStatus.Failed
            : told.Any(file => file.Archives.Any(archive => archive.Way == LogWay.Truncate)) ? ExitStatus.Attention : ExitStatus.Success;
    }

    private static void Tell(CommandOutput output, RotatedFile file)
    {
        foreach (var archive in file.Archives)
            output.Line($"{file.Path}: {Counted.Of(archive.Lines, "line")} ({Amount.Bytes(archive.Bytes)}) are in {archive.Archive} ({Amount.Bytes(archive.ArchiveBytes)}), read back and equal");
        foreach (var notice in file.Notices)
            output.Line(notice);
        if (file.Problem is { } problem)
            output.Line($"{problem.What}{(problem.Hint is { } hint ? $"\n  hint: {hint}" : "")}");
        else if (file.Archives.Count == 0)
            output.Line($"{file.Path}: nothing to rotate: {file.Idle}");
    }

    private sealed record RotatedFile(string Path, IReadOnlyList<Rotated> Archives, Problem? Problem, IReadOnlyList<string> Notices, string? Idle);
}
