using System.Text.Json;
using Upkeep.Journal;

namespace Upkeep.Running;

/// <summary>Who holds a lock on maintenance, for people and for the proof of a death.</summary>
/// <param name="Run">What it was taken for, for example <c>upkeep run</c>.</param>
public sealed record RunLockHolder(ProcessMark Process, string Run, DateTimeOffset Since)
{
    public override string ToString() => $"{Run} (process {Process.ProcessId} on {Process.Host}) since {Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z";
}

/// <summary>
/// The lock beside the journal: one run at a time on this root. It is an exclusive flock on <c>run.lock</c>, which the kernel takes from
/// a process that dies; who holds it stands in <c>run.lock.json</c>. That the flock is free is not proof enough (someone may have removed
/// the file): a holder that is still alive keeps it.
/// </summary>
public sealed class RunLock : IDisposable
{
    private readonly FileStream _flock;
    private readonly string _note;

    private RunLock(FileStream flock, string note, LockTakenOver? takenOver)
    {
        _flock = flock;
        _note = note;
        TakenOver = takenOver;
    }

    /// <summary>Set where a dead process had left the lock: who it was, and how its death was established.</summary>
    public LockTakenOver? TakenOver { get; }

    /// <summary>Takes the lock, or says who has it.</summary>
    /// <param name="root">The folder of the journal; made when missing.</param>
    /// <param name="holder">What to tell others.</param>
    /// <returns>The lock, or null and its holder.</returns>
    /// <exception cref="UnusableRootException">The folder can't be made or written.</exception>
    public static (RunLock? Lock, RunLockHolder? Holder) TryTake(string root, RunLockHolder holder)
    {
        try
        {
            return TakeIn(root, holder);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UnusableRootException(root, problem);
        }
    }

    private static (RunLock? Lock, RunLockHolder? Holder) TakeIn(string root, RunLockHolder holder)
    {
        Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var note = Path.Combine(root, "run.lock.json");
        if (TryFlock(Path.Combine(root, "run.lock")) is not { } flock)
            return (null, Read(note));
        var last = Read(note);
        var proof = last?.Process.ProofOfDeath();
        if (last is not null && proof is null && last.Process.Host == Environment.MachineName)
        {
            flock.Dispose();
            return (null, last);
        }
        // Of a process on another machine only the kernel's word is to be had: the flock went through a shared file system.
        var takenOver = last is null ? null : new LockTakenOver(last.ToString(), proof ?? $"its flock on the shared folder was released, which the kernel of {last.Process.Host} does when a process ends");
        Write(note, holder);
        return (new RunLock(flock, note, takenOver), null);
    }

    /// <summary>Who holds the lock, or null: for a status, not for a decision.</summary>
    public static RunLockHolder? HolderOf(string root) =>
        Read(Path.Combine(root, "run.lock.json")) is { } holder && holder.Process.ProofOfDeath() is null ? holder : null;

    public void Dispose()
    {
        File.Delete(_note);
        _flock.Dispose();
    }

    private static FileStream? TryFlock(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                // .NET takes an exclusive flock for this, and closes the file in programs it starts.
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException taken) when (taken.HResult == WouldBlock)
        {
            return null;
        }
    }

    // EWOULDBLOCK: someone has the flock.
    private const int WouldBlock = 11;

    // Written beside and renamed: whoever reads it finds it whole.
    private static void Write(string note, RunLockHolder holder)
    {
        File.WriteAllText(note + ".part", JsonSerializer.Serialize(holder, JournalJson.Options));
        File.Move(note + ".part", note, overwrite: true);
    }

    private static RunLockHolder? Read(string note)
    {
        try
        {
            return JsonSerializer.Deserialize<RunLockHolder>(File.ReadAllText(note), JournalJson.Options);
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }
}
