using System.Reflection;

namespace Upkeep.Cli;

/// <summary>Which build this is.</summary>
internal static class ProgramVersion
{
    /// <summary>Version and source revision, for example <c>0.1.0+4f2c…</c>.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
