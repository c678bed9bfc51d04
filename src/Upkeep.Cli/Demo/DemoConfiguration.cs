using System.Text.Json;

namespace Upkeep.Cli.Demo;

/// <summary>The upkeep.yaml of the demo, such as anyone could write for the sample.</summary>
internal static class DemoConfiguration
{
    // What the front end's host sets: one key that nobody reads any more, with its template's placeholder still in it.
    private const string WebEnvironment = "VITE_EVENTS_URL=/events.json\nVITE_PAGE_SIZE=20\nVITE_MAP_KEY=<your key>\n";

    public static void Write(DemoSettings settings, string database, Uri site)
    {
        File.WriteAllText(settings.WebEnvironment, WebEnvironment);
        File.SetUnixFileMode(settings.WebEnvironment, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var stream = typeof(DemoConfiguration).Assembly.GetManifestResourceStream("Demo/upkeep.yaml")!;
        using var reader = new StreamReader(stream);
        File.WriteAllText(settings.ConfigurationFile, reader.ReadToEnd()
            .Replace("{database}", Quoted(database), StringComparison.Ordinal)
            .Replace("{root}", Quoted(settings.Root), StringComparison.Ordinal)
            .Replace("{backups}", Quoted(Path.Combine(settings.Root, "backups")), StringComparison.Ordinal)
            .Replace("{nightly}", Quoted(settings.Nightly), StringComparison.Ordinal)
            .Replace("{log}", Quoted(Path.Combine(settings.Logs, "application.log.{date}")), StringComparison.Ordinal)
            .Replace("{apiLog}", Quoted(Path.Combine(settings.Logs, "api.log")), StringComparison.Ordinal)
            .Replace("{ingestionLog}", Quoted(Path.Combine(settings.Logs, "ingestion.log")), StringComparison.Ordinal)
            .Replace("{application}", Application(), StringComparison.Ordinal)
            .Replace("{webEnvironment}", Quoted(settings.WebEnvironment), StringComparison.Ordinal)
            .Replace("{site}", site.ToString(), StringComparison.Ordinal));
    }

    // The sample's front end, where its packages lie beside it; fetching them would make the demo wait for a registry.
    private static string Application()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var web = Path.Combine(folder.FullName, "samples", "SceneScout", "web");
            if (File.Exists(Path.Combine(web, "node_modules", ".package-lock.json")))
                return Quoted(web);
        }
        return "null # without samples/SceneScout/web and its packages: npm ci --prefix samples/SceneScout/web";
    }

    // A JSON string is a double-quoted YAML one.
    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
