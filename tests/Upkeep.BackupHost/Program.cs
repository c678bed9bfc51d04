using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Redaction;

// A process to be killed: takes a physical backup of a test's server and tells of every step forward. Given pgBackRest's configuration file and stanza, by that.
var (connection, folder, name) = (args[0], args[1], args[2]);
await using var door = new DatabaseDoor(new DatabaseSettings { ConnectionString = connection });
var settings = args is [_, _, _, var file, var stanza]
    ? new BackupSettings { Folder = folder, Engine = BackupEngineName.PgBackRest, PgBackRest = new PgBackRestSettings { Configuration = file, Stanza = stanza } }
    : new BackupSettings { Folder = folder, Engine = BackupEngineName.PgBaseBackup };
var taker = new BackupTaker(door, new ProgramDoor(Redactor.None, TimeProvider.System), settings, TimeProvider.System);
var (manifest, problem) = await taker.TakeAsync(new BackupRequest(name, null, (done, total, what) => Console.WriteLine($"moved {done} of {total} {what}")), CancellationToken.None);
Console.WriteLine(problem);
return manifest is null ? 4 : 0;
