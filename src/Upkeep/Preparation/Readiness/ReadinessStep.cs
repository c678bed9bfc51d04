using System.Globalization;
using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Preparation.Readiness;

/// <summary><c>preparation.readiness</c>: go or no-go. Every condition is looked at, so that one look tells all that is in the way.</summary>
public sealed class ReadinessStep(UpkeepConfiguration configuration, DatabaseDoor database, Redactor redactor, TimeProvider time) : InspectStep<ReadinessSurvey>
{
    private readonly ReadinessSettings _settings = configuration.Readiness;

    public override StepDefinition Definition { get; } = new()
    {
        Id = "preparation.readiness",
        Title = "Go or no-go",
        Kind = StepKind.Inspect,
        Priority = 1,
        BeforeWindow = true,
        IsGate = true,
        Deadline = TimeSpan.FromMinutes(5),
    };

    public override async Task<Check<ReadinessSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var survey = new ReadinessSurvey(await LookAsync(context, cancellationToken));
        foreach (var condition in survey.Conditions)
            Raise(context, condition);
        await context.WriteJsonAsync("preparation/readiness.json", survey, redactor, cancellationToken);
        var noGos = survey.NoGos.ToList();
        var open = survey.Conditions.Count(condition => condition.Verdict == Verdict.NotChecked);
        return noGos.Count > 0
            ? Check.Refused(survey, $"no-go: {string.Join("; ", noGos.Select(condition => condition.Message))}", string.Join(" ", noGos.Select(condition => condition.Hint).Distinct()))
            : Check.Looked(survey, string.Create(CultureInfo.InvariantCulture, $"go: {Counted.Of(survey.Conditions.Count - open, "condition holds", "conditions hold")}, {open} not checked"));
    }

    private async Task<IReadOnlyList<Condition>> LookAsync(StepContext context, CancellationToken cancellationToken)
    {
        var state = await DatabaseState.ReadAsync(database, cancellationToken);
        var users = _settings.ActiveUsersQuery is { } query ? await ConfiguredQuery.NumberAsync(database, query, cancellationToken) : null;
        var replicas = state.SeesAllActivity ? await Replica.ReadAsync(database, cancellationToken) : null;
        if (users?.Value is { } active)
            context.Before("active_users", active, "count");
        if (state.Bytes is { } bytes)
            context.Before("database_size", bytes, "bytes");
        return
        [
            Conditions.Locked(RunLock.HolderOf(configuration.Root), await AdvisoryLock.HolderAsync(database, cancellationToken)),
            Conditions.ActiveUsers(users, _settings.MaxActiveUsers),
            .. Conditions.LongTransactions(state.SeesAllActivity, await SessionState.ReadAsync(database, cancellationToken), _settings.MaxTransactionAge),
            .. Conditions.Prepared(await PreparedTransaction.ReadAsync(database, cancellationToken), _settings.MaxTransactionAge),
            Conditions.Replication(state, replicas, _settings.MaxReplicationLag),
            await DiskAsync(configuration, database, state.Bytes, cancellationToken),
            Conditions.TimeLeft(context.Window, time.GetUtcNow(), configuration.Window.Reserve),
        ];
    }

    /// <summary>Whether the disks have room for the backup and for the scratch restore, by the same estimates that those refuse by.</summary>
    internal static async Task<Condition> DiskAsync(UpkeepConfiguration configuration, DatabaseDoor database, long? databaseBytes, CancellationToken cancellationToken)
    {
        var backup = configuration.Backup;
        RoomNeeds? needs = null;
        if (databaseBytes is { } size)
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            var restores = configuration.Steps.GetValueOrDefault("backups.restore-test") is not { Enabled: false };
            needs = new RoomNeeds(await BackupRoom.OfBackupAsync(connection, backup.Engine, size, cancellationToken), restores ? BackupRoom.OfScratch(size) : 0);
        }
        return Conditions.Disk(needs, DiskSpace.Of(backup.Folder), DiskSpace.Of(backup.Restore.Folder ?? configuration.Root), configuration.Readiness.FreeDiskReserve);
    }

    private static void Raise(StepContext context, Condition condition)
    {
        var (severity, word) = condition.Verdict switch
        {
            Verdict.NoGo => (Severity.Critical, "No-go"),
            Verdict.NotChecked => (Severity.Info, "Not checked"),
            _ => (Severity.Info, "Go"),
        };
        context.Raise(severity, $"{condition.Name}-{(condition.Verdict == Verdict.NotChecked ? "not-checked" : word.ToLowerInvariant())}", $"{word}: {condition.Message}.", null, condition.Hint);
    }
}
