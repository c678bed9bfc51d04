namespace Upkeep.Preparation.Backup;

/// <summary>What is there and what a backup would need.</summary>
/// <param name="Name">Name of the backup, <c>pre-maintenance-YYYYMMDD</c>.</param>
/// <param name="Tools">The engine's programs, with their versions.</param>
/// <param name="DatabaseBytes">Size of the database on the server; the dump is compressed and holds no indexes, so it needs less.</param>
/// <param name="FreeBytes">Free where backups are kept.</param>
/// <param name="Tables">Tables whose rows are dumped and digested.</param>
public sealed record BackupSurvey(string Name, string Database, string ServerVersion, IReadOnlyDictionary<string, string> Tools, long DatabaseBytes, long FreeBytes, int Tables);

/// <summary>The backup that was taken.</summary>
/// <param name="Folder">Its folder, absolute.</param>
public sealed record BackupEffect(string Name, string Folder, long Bytes, long Rows, int Tables, string ManifestSha256);
