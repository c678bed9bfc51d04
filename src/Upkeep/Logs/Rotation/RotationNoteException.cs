using Upkeep.Running;

namespace Upkeep.Logs.Rotation;

/// <summary>What stands where the note of an unfinished rotation stands is not followed.</summary>
internal sealed class RotationNoteException(string file, string why, Exception? inner = null)
    : IOException($"{file}, the note of an unfinished rotation, is not followed: {why}", inner), IHinted
{
    public string Hint { get; } = $"Look who wrote {file}. Without it the log is rotated again: move it away, and keep the files beside it until you know what is in them.";
}
