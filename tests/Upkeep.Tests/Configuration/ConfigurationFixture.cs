using Upkeep.Configuration;
using Upkeep.Maintenance;

namespace Upkeep.Tests.Configuration;

/// <summary>A folder with an upkeep.yaml and an environment of the test's own.</summary>
public sealed class ConfigurationFixture : IDisposable
{
    public const string Smallest = "platform: Test\ndatabase:\n  url: postgres://app@db.test/app\n";

    public string Folder { get; } = Directory.CreateTempSubdirectory("upkeep-config-").FullName;

    public string File => Path.Combine(Folder, "upkeep.yaml");

    public Dictionary<string, string> Variables { get; } = [];

    public LoadedConfiguration Load(string yaml)
    {
        System.IO.File.WriteAllText(File, yaml);
        return LoadFile(File);
    }

    public LoadedConfiguration LoadFile(string file) => new ConfigurationLoader(Variables.GetValueOrDefault, StepIds.All).Load(file);

    /// <summary>The configuration of a file that must be right.</summary>
    public UpkeepConfiguration Right(string yaml)
    {
        var loaded = Load(yaml);
        loaded.Problems.ShouldBeEmpty();
        return loaded.Configuration.ShouldNotBeNull();
    }

    /// <summary>The only problem of a file that must have one.</summary>
    public ConfigurationProblem Only(string yaml)
    {
        var loaded = Load(yaml);
        loaded.Configuration.ShouldBeNull();
        return loaded.Problems.ShouldHaveSingleItem();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
