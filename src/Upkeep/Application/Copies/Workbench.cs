using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Application.Copies;

/// <summary>
/// Where the project's commands work: one clean copy of the source for all of a run's steps, as on a build server, made when the first of them needs it and gone with
/// the run. What a run that was killed left is removed by the next.
/// </summary>
public sealed class Workbench(UpkeepConfiguration configuration) : IAsyncDisposable
{
    private const string Copies = "copy-";
    private readonly SemaphoreSlim _gate = new(1);
    private Workspace? _workspace;

    internal ApplicationSettings Settings { get; } = configuration.Application;

    /// <summary>Everything that commands need and leave is below it.</summary>
    public string Folder { get; } = configuration.Application.WorkFolder ?? Path.Combine(configuration.Root, "application");

    /// <summary>The copy, made by whoever asks first.</summary>
    /// <exception cref="IOException">It can't be made: no room, no rights.</exception>
    internal async Task<Workspace> OpenAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_workspace is not null)
                return _workspace;
            RunFolder.Create(Folder);
            RemoveLeft();
            var mine = ProcessIdentity.Current;
            var folder = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{Copies}{mine.Id}-{mine.Started}"));
            if (Directory.Exists(folder))
                Remove(folder);
            var copy = new SourceCopy(Settings);
            try
            {
                copy.Make(Settings.Folder!, Path.Combine(folder, "source"), cancellationToken);
                RunFolder.Create(Path.Combine(folder, "tmp"));
            }
            catch
            {
                // What came of it would keep a full disk full.
                Remove(folder);
                throw;
            }
            return _workspace = new Workspace(folder, copy.Left);
        }
        finally
        {
            _gate.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_workspace is not null)
            Remove(_workspace.Root);
        _workspace = null;
        _gate.Dispose();
        return ValueTask.CompletedTask;
    }

    private void RemoveLeft()
    {
        foreach (var folder in Directory.EnumerateDirectories(Folder, Copies + "*"))
        {
            var parts = Path.GetFileName(folder)[Copies.Length..].Split('-');
            if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var started)
                && ProcessIdentity.Of(id)?.Started != started)
                Remove(folder);
        }
    }

    // A project's tool may have taken away its own right to remove what it made.
    private static void Remove(string folder)
    {
        foreach (var below in Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true }))
        {
            if ((File.GetUnixFileMode(below) & RunFolder.OwnerOnlyFolder) != RunFolder.OwnerOnlyFolder)
                File.SetUnixFileMode(below, RunFolder.OwnerOnlyFolder);
        }
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>A clean copy and its own folder for temporary files.</summary>
/// <param name="Left">Links that lead elsewhere and files that can't be read, which the copy is without.</param>
internal sealed record Workspace(string Root, IReadOnlyList<string> Left)
{
    public string Source => Path.Combine(Root, "source");

    public string Temporary => Path.Combine(Root, "tmp");

    /// <summary>Folders below <see cref="Source"/> whose packages are in place.</summary>
    public HashSet<string> Restored { get; } = new(StringComparer.Ordinal);

    /// <summary>Folders whose packages could not be fetched, and why.</summary>
    public Dictionary<string, Problem> Unfetched { get; } = new(StringComparer.Ordinal);
}
