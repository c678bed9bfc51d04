using Upkeep.Configuration;
using Upkeep.Files;

namespace Upkeep.Application.Copies;

/// <summary>
/// Copies a source folder as it lies there, without what tools made from it and without the environment's own values. Links stay links where they lead
/// to something in the copy; those that lead elsewhere are left out, since through them a command could write into the source itself.
/// </summary>
internal sealed class SourceCopy(ApplicationSettings settings)
{
    private static readonly string[] _made = [".git", ".hg", ".svn", "node_modules"];
    private static readonly string[] _madeByDotnet = ["bin", "obj"];
    private readonly List<string> _left = [];
    private string? _work;

    /// <summary>What was left out because it is a link that leads elsewhere, or can't be read; below the source folder.</summary>
    public IReadOnlyList<string> Left => _left;

    /// <param name="target">Is made, for the owner only.</param>
    public void Make(string source, string target, CancellationToken cancellationToken)
    {
        RunFolder.Create(target);
        _work = Path.GetDirectoryName(Path.GetDirectoryName(target));
        Folder(new DirectoryInfo(source), target, source, cancellationToken);
    }

    private void Folder(DirectoryInfo from, string to, string root, CancellationToken cancellationToken)
    {
        FileSystemInfo[] entries;
        try
        {
            entries = from.GetFileSystemInfos();
        }
        catch (UnauthorizedAccessException)
        {
            _left.Add(Path.GetRelativePath(root, from.FullName));
            return;
        }
        var isDotnet = entries.Any(entry => entry.Extension is ".csproj" or ".fsproj" or ".vbproj");
        foreach (var entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // A work folder within the source is refused; by another path it may lead here all the same.
            if (entry.FullName == _work)
                continue;
            if (_made.Contains(entry.Name, StringComparer.Ordinal) || (isDotnet && _madeByDotnet.Contains(entry.Name, StringComparer.Ordinal)) || NamePattern.MatchesAny(settings.LeaveOut, entry.Name))
                continue;
            var at = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link)
                Link(entry, link, at, root);
            else if (entry is DirectoryInfo below)
            {
                RunFolder.Create(at);
                Folder(below, at, root, cancellationToken);
            }
            else
                Regular(entry, at, root);
        }
    }

    private void Link(FileSystemInfo entry, string link, string at, string root)
    {
        var leads = Path.GetFullPath(link, Path.GetDirectoryName(entry.FullName)!);
        if (!Path.IsPathRooted(link) && leads.StartsWith(root + '/', StringComparison.Ordinal))
            File.CreateSymbolicLink(at, link);
        else
            _left.Add(Path.GetRelativePath(root, entry.FullName));
    }

    private void Regular(FileSystemInfo entry, string at, string root)
    {
        try
        {
            // A pipe or a device would keep us waiting for ever.
            if (FileFacts.Of(entry.FullName) is not { IsRegular: true } facts)
                return;
            File.Copy(entry.FullName, at);
            File.SetUnixFileMode(at, (facts.Mode & RunFolder.OwnerOnlyFolder) | RunFolder.OwnerOnlyFile);
        }
        catch (UnauthorizedAccessException)
        {
            _left.Add(Path.GetRelativePath(root, entry.FullName));
        }
    }
}
