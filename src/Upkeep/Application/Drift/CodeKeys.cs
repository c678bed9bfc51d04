using System.Text.RegularExpressions;
using Upkeep.Configuration;

namespace Upkeep.Application.Drift;

/// <summary>Finds the keys that the platform's code and templates name. Reads the source only; names that are put together while running can't be seen.</summary>
internal sealed partial class CodeKeys(ApplicationSettings settings)
{
    private const long LargestFile = 2 << 20;
    private static readonly string[] _code = [".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".astro", ".cs", ".fs", ".vb", ".cshtml", ".razor"];
    private static readonly string[] _made = ["node_modules", "bin", "obj", "dist", "build", "out", "coverage", "vendor", "test", "tests", "__tests__"];

    // What the tools themselves give.
    private static readonly string[] _given = ["NODE_ENV", "MODE", "DEV", "PROD", "SSR", "BASE_URL", "CI", "PATH", "HOME", "USER", "PWD", "TZ", "LANG", "TMPDIR", "HOSTNAME", "VITEST"];

    private readonly Dictionary<string, NeededKey> _found = new(StringComparer.Ordinal);

    private readonly List<string> _unreadable = [];

    /// <summary>Files and folders that can't be read, below the source folder.</summary>
    public IReadOnlyList<string> Unreadable => _unreadable;

    public IReadOnlyList<NeededKey> In(string root)
    {
        foreach (var template in settings.Environment.Templates.Where(name => File.Exists(Path.Combine(root, name))))
        {
            Try(template, () =>
            {
                foreach (var entry in EnvironmentFile.Read(Path.Combine(root, template)))
                    Add(new NeededKey(entry.Name, $"{template}:{entry.Line}", InCode: false, HasDefault: false));
            });
        }
        Folder(new DirectoryInfo(root), root);
        return [.. _found.Values.OrderBy(key => key.Name, StringComparer.Ordinal)];
    }

    private void Folder(DirectoryInfo folder, string root)
    {
        FileSystemInfo[] entries = [];
        Try(Path.GetRelativePath(root, folder.FullName), () => entries = folder.GetFileSystemInfos());
        foreach (var entry in entries.Where(entry => entry.LinkTarget is null).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(root, entry.FullName);
            if (entry is DirectoryInfo below && entry.Name[0] != '.' && !_made.Contains(entry.Name, StringComparer.Ordinal))
                Folder(below, root);
            else if (entry is FileInfo { Length: <= LargestFile } && _code.Contains(entry.Extension, StringComparer.Ordinal) && !Test().IsMatch(entry.Name))
                Try(name, () => Read(entry.FullName, name));
        }
    }

    private void Try(string name, Action look)
    {
        try
        {
            look();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            _unreadable.Add(name);
        }
    }

    private void Read(string file, string name)
    {
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            // Comments say what code no longer does.
            if (line.Length > 10_000 || line.AsSpan().TrimStart().StartsWith("//") || line.AsSpan().TrimStart().StartsWith("*"))
                continue;
            foreach (Match match in Use().Matches(line))
                Add(new NeededKey(match.Groups["name"].Value, $"{name}:{number}", InCode: true, HasDefault: Default().IsMatch(line.AsSpan(match.Index + match.Length))));
        }
    }

    private void Add(NeededKey key)
    {
        if (_given.Contains(key.Name, StringComparer.Ordinal))
            return;
        // A template says it is wanted; one place without a default says that it must be there.
        _found[key.Name] = !_found.TryGetValue(key.Name, out var known) ? key : known with
        {
            Where = key.InCode && !known.InCode ? key.Where : known.Where, InCode = known.InCode || key.InCode, HasDefault = known.InCode ? known.HasDefault && key.HasDefault : key.HasDefault,
        };
    }

    [GeneratedRegex("""(?:process\.env|import\.meta\.env)(?:\??\.(?<name>[A-Za-z_]\w*)|(?:\?\.)?\[\s*["'`](?<name>[A-Za-z_]\w*)["'`]\s*\])|Environment\.GetEnvironmentVariable\(\s*"(?<name>[A-Za-z_]\w*)"\s*(?:,[^)]*)?\)""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Use();

    [GeneratedRegex(@"^\s*(?:\?\?|\|\|)", RegexOptions.CultureInvariant)]
    private static partial Regex Default();

    [GeneratedRegex(@"\.(?:test|spec|stories)\.[a-z]+$|Tests?\.cs$|\.config\.[cm]?[jt]s$", RegexOptions.CultureInvariant)]
    private static partial Regex Test();
}
