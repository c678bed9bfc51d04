using System.Text.Json;

namespace Upkeep.Cli.Demo;

/// <summary>The upkeep.yaml of the demo, such as anyone could write for the sample.</summary>
internal static class DemoConfiguration
{
    public static void Write(DemoSettings settings, string database, Uri site)
    {
        using var stream = typeof(DemoConfiguration).Assembly.GetManifestResourceStream("Demo/upkeep.yaml")!;
        using var reader = new StreamReader(stream);
        File.WriteAllText(settings.ConfigurationFile, reader.ReadToEnd()
            .Replace("{database}", Quoted(database), StringComparison.Ordinal)
            .Replace("{root}", Quoted(settings.Root), StringComparison.Ordinal)
            .Replace("{backups}", Quoted(Path.Combine(settings.Root, "backups")), StringComparison.Ordinal)
            .Replace("{nightly}", Quoted(settings.Nightly), StringComparison.Ordinal)
            .Replace("{log}", Quoted(Path.Combine(settings.Logs, "application.log.{date}")), StringComparison.Ordinal)
            .Replace("{applicationLogs}", Quoted(Path.Combine(settings.Logs, "application.log.*")), StringComparison.Ordinal)
            .Replace("{apiLog}", Quoted(Path.Combine(settings.Logs, "api.log")), StringComparison.Ordinal)
            .Replace("{errorLog}", Quoted(Path.Combine(settings.Logs, "error.log")), StringComparison.Ordinal)
            .Replace("{site}", site.ToString(), StringComparison.Ordinal));
    }

    // A JSON string is a double-quoted YAML one.
    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
