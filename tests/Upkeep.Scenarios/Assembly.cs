using Upkeep.Testing;

[assembly: AssemblyFixture(typeof(PostgresServer))]
