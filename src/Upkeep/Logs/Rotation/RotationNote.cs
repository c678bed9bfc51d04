using System.Text.Json;
using Upkeep.Files;

namespace Upkeep.Logs.Rotation;

/// <summary>Notes of what a rotation is about to do, beside the archives: whole and on the disk before it is done, gone when it is done.</summary>
internal static class RotationNote
{
    private const string Beside = ".part";

    public static string FileOf(string archive, string suffix) => Path.Combine(Path.GetDirectoryName(archive)!, "." + Path.GetFileName(archive) + suffix);

    public static IEnumerable<T> Read<T>(string folder, string suffix)
        where T : class =>
        Directory.EnumerateFiles(folder, ".*" + suffix).Select(file => JsonSerializer.Deserialize<T>(File.ReadAllBytes(file))!);

    public static void Write<T>(string file, T note)
        where T : class
    {
        var beside = file + Beside;
        using (var stream = new FileStream(beside, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = RunFolder.OwnerOnlyFile }))
        {
            JsonSerializer.Serialize(stream, note);
            stream.Flush(flushToDisk: true);
        }
        File.Move(beside, file, overwrite: true);
        Durable.FlushFolder(Path.GetDirectoryName(file)!);
    }

    /// <summary>Removes a note, and first of all what stands in for one that was never finished.</summary>
    public static void Remove(string file)
    {
        File.Delete(file + Beside);
        File.Delete(file);
        Durable.FlushFolder(Path.GetDirectoryName(file)!);
    }
}
