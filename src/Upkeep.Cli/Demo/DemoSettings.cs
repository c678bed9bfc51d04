using System.Globalization;

namespace Upkeep.Cli.Demo;

/// <summary>What the demo is to be.</summary>
/// <param name="Folder">Everything of it is below; absolute.</param>
/// <param name="Scale">How much data; 1 is 20,000 events and 100,000 api_logs.</param>
/// <param name="Seed">Where the data's chance comes from.</param>
/// <param name="Keep">Leave cluster and site running at the end.</param>
internal sealed record DemoSettings(string Folder, double Scale, int Seed, bool Keep)
{
    public string ConfigurationFile => Path.Combine(Folder, "upkeep.yaml");

    /// <summary>Journal, backups and the runs' folders: what stays when the demo is over.</summary>
    public string Root => Path.Combine(Folder, "maintenance");

    public string Logs => Path.Combine(Folder, "logs");

    /// <summary>Where the sample's own nightly job leaves its dumps.</summary>
    public string Nightly => Path.Combine(Folder, "nightly");

    /// <summary>What the sample's front end is told by its host.</summary>
    public string WebEnvironment => Path.Combine(Folder, "web.env");

    public string Traces => Path.Combine(Folder, "demo.json");

    public string ScaleText => Scale.ToString(CultureInfo.InvariantCulture);

    public string SeedText => Seed.ToString(CultureInfo.InvariantCulture);
}
