using System.Globalization;
using System.Text.RegularExpressions;

namespace Upkeep.Logs.Rotation;

/// <summary>What archives are called: the log's name and the day.</summary>
internal static partial class ArchiveName
{
    /// <summary>What an archive's name ends in until the log has let its lines go.</summary>
    public const string Unfinished = ".rotating";

    private static readonly string[] _extensions = [".zst", ".gz"];

    /// <summary>Removes copies that were being made when a rotation was killed, before anything of the log was touched.</summary>
    public static void Sweep(RotationRequest request)
    {
        var name = Path.GetFileName(request.Path);
        foreach (var part in Directory.EnumerateFiles(request.Folder, "*" + Unfinished))
        {
            var file = Path.GetFileName(part);
            if (file.StartsWith(name, StringComparison.Ordinal) && file.Length > name.Length + Unfinished.Length && IsArchive(file[name.Length..^Unfinished.Length]) && !IsNoted(part[..^Unfinished.Length]))
                File.Delete(part);
        }
    }

    /// <summary>A name that nothing bears yet: <c>app.log-20261122.zst</c>, then <c>app.log-20261122-2.zst</c>.</summary>
    public static string Free(RotationRequest request, DateTimeOffset at)
    {
        var plain = Path.Combine(request.Folder, $"{Path.GetFileName(request.Path)}-{at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}");
        for (var number = 1; ; number++)
        {
            var stem = number == 1 ? plain : string.Create(CultureInfo.InvariantCulture, $"{plain}-{number}");
            // A log that a rotation renamed and nobody archived still bears the name of its archive, and is in the way of the next.
            // Whatever the compression: two archives of one number would be told apart by their ending only.
            if (_extensions.All(extension => !File.Exists(stem + extension) && !File.Exists(stem + extension + Unfinished) && !IsNoted(stem + extension)) && !File.Exists(RenameIntent.NameOf(request.Path, stem + _extensions[0])))
                return stem + LogArchive.Extension(request.Compression);
        }
    }

    /// <summary>Whether this is what follows a log's name in that of an archive, without its extension.</summary>
    public static bool IsDated(string rest) => Dated().IsMatch(rest);

    /// <summary>Whether this is what follows a log's name in that of an archive of ours.</summary>
    public static bool IsArchive(string rest) => Archive().IsMatch(rest);

    private static bool IsNoted(string archive) =>
        File.Exists(CollapseIntent.FileOf(archive)) || File.Exists(RenameIntent.FileOf(archive)) || File.Exists(TruncateIntent.FileOf(archive));

    [GeneratedRegex(@"^-\d{8}(-\d+)?\.(zst|gz)$", RegexOptions.CultureInvariant)]
    private static partial Regex Archive();

    [GeneratedRegex(@"^-\d{8}(-\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Dated();
}
