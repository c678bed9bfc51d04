using Upkeep.Configuration;
using Upkeep.Rollback.Services;
using Upkeep.Testing;

namespace Upkeep.Tests.Rollback.Services;

/// <summary>A folder for one service's files, and the services under test.</summary>
internal sealed class ServiceFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("upkeep-service-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Text(string name) => System.IO.File.Exists(File(name)) ? System.IO.File.ReadAllText(File(name)).Trim() : "";

    /// <summary>A program of ours.</summary>
    public string Program(string name, string script)
    {
        System.IO.File.WriteAllText(File(name), script);
        System.IO.File.SetUnixFileMode(File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return File(name);
    }

    public static Service Of(ServiceSettings settings, TimeSpan? patience = null) => Service.Of(settings, PostgresServer.Programs, TimeProvider.System, patience);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
