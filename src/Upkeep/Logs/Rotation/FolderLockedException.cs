using Upkeep.Running;

namespace Upkeep.Logs.Rotation;

/// <summary>Another process rotates into the folder, or removes from it, longer than was waited.</summary>
internal sealed class FolderLockedException(string folder, string file, TimeSpan waited)
    : IOException($"Another process has been rotating into {folder} for {Amount.Duration(waited)} ({file} is locked)."), IHinted
{
    public string Hint { get; } = $"Repeat when it has ended. Whoever it is holds the lock: fuser {file}";
}
