using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Maintenance;

/// <summary>The doors that the steps share, made once per run from the configuration.</summary>
public sealed record Doors(DatabaseDoor Database, ProgramDoor Programs, HttpClient Http, Redactor Redactor, TimeProvider Time);
