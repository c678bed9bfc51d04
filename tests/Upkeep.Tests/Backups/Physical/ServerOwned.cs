using Upkeep.Backups.Physical;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Physical;

/// <summary>A folder that the test servers' user may write to.</summary>
internal static class ServerOwned
{
    public static Task<ServerFolder> CreateAsync(CancellationToken cancellationToken) => ServerFolder.CreateAsync(PostgresServer.Programs, cancellationToken);
}
