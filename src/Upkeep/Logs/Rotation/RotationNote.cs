using System.Text.Json;
using Upkeep.Files;

namespace Upkeep.Logs.Rotation;

/// <summary>
/// Notes of what a rotation is about to do, beside the archives: whole and on the disk before it is done, gone when it is done. Others may be
/// able to write to that folder, and we may be root: a note counts only where nobody else can have written it, it is for the log that is asked
/// for, and the files that it is about are those that follow from its own name.
/// </summary>
internal static class RotationNote
{
    private const string Beside = ".part";

    // None is longer than some hundred bytes and two paths.
    private const int MostBytes = 64 << 10;

    private static readonly JsonSerializerOptions _strict = new() { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    public static string FileOf(string archive, string suffix) => Path.Combine(Path.GetDirectoryName(archive)!, "." + Path.GetFileName(archive) + suffix);

    /// <summary>Those about a log, oldest first.</summary>
    /// <exception cref="RotationNoteException">One can't be read, or isn't to be trusted.</exception>
    public static IReadOnlyList<T> Left<T>(string path, string folder, string suffix)
        where T : class, IRotationIntent
    {
        var start = "." + Path.GetFileName(path);
        return
        [
            .. from file in Directory.EnumerateFiles(folder, ".*" + suffix)
               let name = Path.GetFileName(file)
               // A note of another name is about another log, and its trouble is not this one's.
               where name.StartsWith(start, StringComparison.Ordinal) && name.Length > start.Length + suffix.Length && ArchiveName.IsArchive(name[start.Length..^suffix.Length])
               let note = Read<T>(file, path, Path.Combine(folder, name[1..^suffix.Length]))
               where note is not null
               orderby note.At
               select note,
        ];
    }

    public static void Write<T>(string file, T note)
        where T : class
    {
        var beside = file + Beside;
        // One that a kill left goes; one that somebody puts there at this moment is not written through.
        File.Delete(beside);
        using (var stream = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = RunFolder.OwnerOnlyFile }))
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

    private static T? Read<T>(string file, string path, string archive)
        where T : class, IRotationIntent
    {
        T note;
        try
        {
            using var opened = UnfollowedFile.OpenToRead(file);
            if (opened is null)
                return null;
            var facts = FileFacts.Of(opened);
            if (!UnfollowedFile.IsOurs(facts))
                throw new RotationNoteException(file, "others than this user and root could have written it");
            if (facts.Size > MostBytes)
                throw new RotationNoteException(file, $"it has {Amount.Bytes(facts.Size)}, which no note has");
            var bytes = new byte[facts.Size];
            note = JsonSerializer.Deserialize<T>(bytes.AsSpan(0, RandomAccess.Read(opened, bytes, 0)), _strict) ?? throw new RotationNoteException(file, "it is empty");
        }
        catch (Exception problem) when (problem is JsonException or UnauthorizedAccessException or IOException and not RotationNoteException)
        {
            throw new RotationNoteException(file, problem.Message, problem);
        }
        // Of another log of that name in another folder, which has its archives here too.
        if (note.Path != path)
            return null;
        return note.Archive == archive && LogArchive.Extension(note.Compression) == Path.GetExtension(archive) && note.IsSound ? note
            : throw new RotationNoteException(file, "it is about other files than those that follow from its name");
    }
}
