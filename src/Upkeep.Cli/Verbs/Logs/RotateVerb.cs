using System.CommandLine;
using Upkeep.Cli.Output;
using Upkeep.Configuration;
using Upkeep.Logs.Rotation;
using Upkeep.Running;

namespace Upkeep.Cli.Verbs.Logs;

/// <summary><c>upkeep logs rotate</c>: takes what was written off the front of logs whose writers go on writing. Needs no configuration and no database.</summary>
internal static class RotateVerb
{
    public static Command Create(VerbHost host)
    {
        var files = new Argument<string[]>("FILE") { Description = "Logs that their writers append to, on ext4 or XFS.", Arity = ArgumentArity.OneOrMore };
        var folder = new Option<string?>("--folder") { Description = "Where the archives go (default: beside each log).", HelpName = "DIR" };
        var compression = new Option<ArchiveCompression>("--compression") { Description = "How archives are compressed.", HelpName = "zstd|gzip" };
        var command = new Command("rotate", "Archives the lines of logs that their writers never open again, and takes them off the front; not one is lost or doubled.") { files, folder, compression };
        host.On(command, (parsed, context, cancellationToken) => Task.FromResult(Run(parsed.GetValue(files)!, parsed.GetValue(folder), parsed.GetValue(compression), context, cancellationToken)));
        return command;
    }

    private static ExitStatus Run(IReadOnlyList<string> files, string? folder, ArchiveCompression compression, VerbContext context, CancellationToken cancellationToken)
    {
        if (folder is not null && !Directory.Exists(folder))
            throw new CommandException(ExitStatus.Usage, $"There is no folder {folder}.", "Make it first, for the user who may read the logs: archives hold what the logs hold.");
        var rotation = new CollapseRotation(context.Time);
        var told = new List<RotatedFile>();
        foreach (var file in files.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            told.Add(One(rotation, new RotationRequest(file, Path.GetFullPath(folder ?? Path.GetDirectoryName(file)!)) { Compression = compression }, cancellationToken));
            Tell(context.Output, told[^1]);
        }
        if (context.Output.IsJson)
            context.Output.Json(new { Schema = 1, Files = told });
        return told.Any(file => file.Problem is not null) ? ExitStatus.Failed : ExitStatus.Success;
    }

    private static RotatedFile One(CollapseRotation rotation, RotationRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var (done, problem) = rotation.Rotate(request, cancellationToken);
            return new RotatedFile(request.Path, done, problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new RotatedFile(request.Path, [], new Problem($"{request.Path} was not rotated: {problem.Message}", "The log has lost nothing. Mend what is said, and repeat the command: it goes on from where it was."));
        }
    }

    private static void Tell(CommandOutput output, RotatedFile file)
    {
        foreach (var archive in file.Archives)
            output.Line($"{file.Path}: {Counted.Of(archive.Lines, "line")} ({Amount.Bytes(archive.Bytes)}) are in {archive.Archive} ({Amount.Bytes(archive.ArchiveBytes)}), read back and equal");
        if (file.Problem is { } problem)
            output.Line($"{problem.What}{(problem.Hint is { } hint ? $"\n  hint: {hint}" : "")}");
        else if (file.Archives.Count == 0)
            output.Line($"{file.Path}: nothing to rotate: no whole block of it can be let go");
    }

    private sealed record RotatedFile(string Path, IReadOnlyList<Rotated> Archives, Problem? Problem);
}
