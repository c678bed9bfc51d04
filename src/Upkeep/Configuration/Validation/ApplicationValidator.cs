namespace Upkeep.Configuration.Validation;

internal static class ApplicationValidator
{
    public static IEnumerable<Objection> Check(ApplicationSettings application)
    {
        if (application is { Folder: { } folder, WorkFolder: { } work } && (Path.TrimEndingDirectorySeparator(work) + '/').StartsWith(Path.TrimEndingDirectorySeparator(folder) + '/', StringComparison.Ordinal))
            yield return new Objection("workFolder", $"{work} lies in the source folder, into which nothing is written", "Name a folder outside of it.", "folder");
        if (application.KeepOutput is < 1024 or > 64 << 20)
            yield return new Objection("keepOutput", $"{application.KeepOutput} bytes are too few or too many to be evidence", "Write 1 KiB to 64 MiB, for example 64 KiB.");
        foreach (var (list, name) in new[] { (application.LeaveOut, "leaveOut"), (application.Pass, "pass") })
        {
            for (var index = 0; index < list.Count; index++)
            {
                if (list[index].Contains('/', StringComparison.Ordinal) || list[index].Contains('=', StringComparison.Ordinal))
                    yield return new Objection($"{name}[{index}]", $"'{list[index]}' is no name", name == "pass" ? "Write the variable's name alone; its value comes from our environment." : "Write the name of a file or folder, without its path.");
            }
        }
    }

    public static IEnumerable<Objection> Check(CommandSettings command)
    {
        if (command.Run.Count == 0 || command.Run[0].Length == 0)
            yield return new Objection("run", "names no program", "Write for example: run: [npm, run, test].");
        else if (command.Run.Count == 1 && command.Run[0].Contains(' ', StringComparison.Ordinal))
            yield return new Objection("run[0]", $"'{command.Run[0]}' is one word with spaces, and no shell takes it apart", $"Write: run: [{string.Join(", ", command.Run[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))}]");
        if (LeadsOut(command.Folder))
            yield return new Objection("folder", $"'{command.Folder}' leads out of the source folder", "Write a folder below it, for example web.");
        if (command.Deadline == TimeSpan.Zero)
            yield return new Objection("deadline", "within 0 nothing can run", "Write for example 10m.");
        if (command.Report is { } report && LeadsOut(report.Path))
            yield return new Objection("report.path", $"'{report.Path}' leads out of the command's folder", "Write a file below it, for example reports/junit.xml.");
    }

    public static IEnumerable<Objection> Check(BuildSettings build)
    {
        for (var index = 0; index < build.Outputs.Count; index++)
        {
            if (LeadsOut(build.Outputs[index]) || build.Outputs[index] is "." or "")
                yield return new Objection($"outputs[{index}]", $"'{build.Outputs[index]}' is no folder of its own below the build's", "Write for example dist.");
        }
        for (var index = 0; index < build.Budgets.Count; index++)
        {
            if (build.Budgets[index] is { Raw: null, Gzip: null, Brotli: null })
                yield return new Objection($"budgets[{index}]", "sets no limit", "Write raw, gzip or brotli, for example gzip: 200 KiB.");
        }
    }

    private static bool LeadsOut(string path) => Path.IsPathRooted(path) || path.Split('/').Contains("..", StringComparer.Ordinal);
}
