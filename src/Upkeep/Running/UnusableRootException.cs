namespace Upkeep.Running;

/// <summary>The folder of the journal, the lock and the runs can't be made or written, so nothing was begun.</summary>
public sealed class UnusableRootException(string root, Exception inner)
    : IOException($"The folder {root} (root in the configuration) can't be made or written by {Environment.UserName}: {inner.Message}", inner), IHinted
{
    public string Hint => $"Name another folder as root, or make it and give it to the user that upkeep runs as: install -d -o {Environment.UserName} -m 700 '{root}'. Then: upkeep check";
}
