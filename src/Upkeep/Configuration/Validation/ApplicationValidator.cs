namespace Upkeep.Configuration.Validation;

internal static class ApplicationValidator
{
    public static IEnumerable<Objection> Check(ApplicationSettings application)
    {
        if (application is { Folder: { } folder, WorkFolder: { } work } && IsIn(work, folder))
            yield return new Objection("workFolder", $"{work} lies in the source folder, into which nothing is written", "Name a folder outside of it.", "folder");
        if (application.KeepOutput is < 1024 or > 64 << 20)
            yield return new Objection("keepOutput", $"{application.KeepOutput} bytes are too few or too many to be evidence", "Write 1 KiB to 64 MiB, for example 64 KiB.");
        for (var index = 0; index < application.Environment.Keys.Count; index++)
        {
            // Incomplete ones are told already.
            if (application.Environment.Keys[index].Name is not { } key)
                continue;
            if (key.Length == 0 || key.Any(letter => char.IsWhiteSpace(letter) || letter == '='))
                yield return new Objection($"environment.keys[{index}].name", $"'{key}' is no name of a variable", "Write the name alone, for example API_URL.");
            else if (application.Environment.Keys.Take(index).Any(earlier => earlier.Name == key))
                yield return new Objection($"environment.keys[{index}].name", $"an earlier entry is for {key}", "Name each key once.");
        }
        foreach (var (list, name) in new[] { (application.LeaveOut, "leaveOut"), (application.Pass, "pass") })
        {
            for (var index = 0; index < list.Count; index++)
            {
                if (name == "pass" && list[index] == "*")
                    yield return new Objection($"pass[{index}]", "'*' would hand on everything that upkeep knows, the database's address among it", "Name what the commands need, for example NODE_*.");
                if (list[index].Contains('/', StringComparison.Ordinal) || list[index].Contains('=', StringComparison.Ordinal))
                    yield return new Objection($"{name}[{index}]", $"'{list[index]}' is no name", name == "pass" ? "Write the variable's name alone; its value comes from our environment." : "Write the name of a file or folder, without its path.");
            }
        }
    }

    /// <summary>Upkeep's own folder is written to, and copies of the source lie below it: a source that holds it would be copied into itself.</summary>
    public static IEnumerable<Objection> OwnFolder(UpkeepConfiguration whole)
    {
        if (whole.Application.Folder is { } folder && IsIn(whole.Root, folder))
            yield return new Objection("application.folder", $"{whole.Root} (root), where Upkeep keeps journal, runs and copies, lies in the source folder {folder}, into which nothing is written", "Name a root outside of it, for example /var/lib/upkeep.", "root");
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

    private static bool IsIn(string path, string folder) => (Path.TrimEndingDirectorySeparator(path) + '/').StartsWith(Path.TrimEndingDirectorySeparator(folder) + '/', StringComparison.Ordinal);

    private static bool LeadsOut(string path) => Path.IsPathRooted(path) || path.Split('/').Contains("..", StringComparer.Ordinal);
}
