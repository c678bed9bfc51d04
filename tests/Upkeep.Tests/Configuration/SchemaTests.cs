using System.Runtime.CompilerServices;
using NJsonSchema;
using Upkeep.Configuration.Reading;
using Upkeep.Configuration.Schema;
using Upkeep.Maintenance;
using YamlDotNet.Serialization;

namespace Upkeep.Tests.Configuration;

public sealed class SchemaTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Repository([CallerFilePath] string file = "") => Path.GetFullPath("../../..", Path.GetDirectoryName(file)!);

    private static string Published => Path.Combine(Repository(), "docs", "upkeep.schema.json");

    /// <summary>To make the file anew: UPKEEP_WRITE_SCHEMA=1 dotnet test --project tests/Upkeep.Tests -- --filter-class '*SchemaTests*'</summary>
    [Fact]
    public async Task The_published_schema_is_what_the_records_say()
    {
        var made = SchemaGenerator.Generate(StepIds.All);
        if (Environment.GetEnvironmentVariable("UPKEEP_WRITE_SCHEMA") == "1")
            await File.WriteAllTextAsync(Published, made, Token);

        (await File.ReadAllTextAsync(Published, Token)).ShouldBe(made,
            "docs/upkeep.schema.json is out of date; make it anew: UPKEEP_WRITE_SCHEMA=1 dotnet test --project tests/Upkeep.Tests -- --filter-class '*SchemaTests*'");
    }

    /// <summary>To make the tables anew: as above.</summary>
    [Fact]
    public async Task The_guide_tells_every_key_with_its_default()
    {
        const string mark = "<!-- What follows is made from the records by SchemaTests. -->\n";
        var guide = Path.Combine(Repository(), "docs", "guide", "configuration.md");
        var text = await File.ReadAllTextAsync(guide, Token);
        var made = text[..(text.IndexOf(mark, StringComparison.Ordinal) + mark.Length)]
            + KeyReference.Write(await JsonSchema.FromJsonAsync(SchemaGenerator.Generate(StepIds.All), Token));
        if (Environment.GetEnvironmentVariable("UPKEEP_WRITE_SCHEMA") == "1")
            await File.WriteAllTextAsync(guide, made, Token);

        (await File.ReadAllTextAsync(guide, Token)).ShouldBe(made);
    }

    [Fact]
    public async Task Every_key_of_every_record_is_described()
    {
        var schema = await JsonSchema.FromJsonAsync(SchemaGenerator.Generate(StepIds.All), Token);

        Undescribed(schema, "").ShouldBeEmpty();

        schema.Properties.Keys.ShouldBe(RecordShape.Of(typeof(Upkeep.Configuration.UpkeepConfiguration)).Keys.Select(key => key.Name));
        schema.Properties["database"].Description.ShouldNotBeNullOrEmpty();
        schema.Properties["database"].Properties["lockTimeout"].Description.ShouldNotBeNull().ShouldContain("lock budget");
        schema.Properties["database"].Properties["lockTimeout"].Default.ShouldBe("100ms");
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_sample_that_loads_also_fits_the_schema(string name)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository(), name), Token);
        using var files = new ConfigurationFixture();
        files.Variables["DATABASE_URL"] = "postgres://app@db.test/app";

        files.Load(text).Problems.ShouldBeEmpty();
        (await ObjectionsAsync(text)).ShouldBeEmpty();
    }

    public static TheoryData<string> Samples() =>
    [
        .. Directory.GetFiles(Path.Combine(Repository(), "docs", "samples"), "*.yaml").Select(file => Path.GetRelativePath(Repository(), file)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [InlineData("platform: a\nunknown: 1\n")]
    [InlineData("database: {url: x}\n")]
    [InlineData("platform: a\ndatabase: {lockTimeout: 100}\n")]
    [InlineData("platform: a\nthrottle: {softActiveShare: 1.5}\n")]
    [InlineData("platform: a\nwindow: {start: '25:00'}\n")]
    [InlineData("platform: a\nwindow: {day: someday}\n")]
    [InlineData("platform: a\nsteps: {database.vacum: {enabled: true}}\n")]
    [InlineData("platform: a\nhealth: {endpoints: []}\n")]
    [InlineData("platform: a\nhealth: {endpoints: [{name: a, url: /health}]}\n")]
    public async Task What_the_loader_refuses_the_schema_refuses_too(string yaml)
    {
        using var files = new ConfigurationFixture();
        files.Variables["DATABASE_URL"] = "postgres://app@db.test/app";

        files.Load(yaml).IsValid.ShouldBeFalse();
        (await ObjectionsAsync(yaml)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_reference_fits_wherever_a_value_does() =>
        (await ObjectionsAsync("platform: a\nthrottle: {enabled: '${X}', softLockWaiters: '${Y:-2}'}\nwindow: {start: '${Z}'}\n")).ShouldBeEmpty();

    private static IEnumerable<string> Undescribed(JsonSchema schema, string path) => schema.Properties
        .Where(each => path != "steps.")
        .SelectMany(each => Undescribed(each.Value.Item ?? each.Value, $"{path}{each.Key}.").Concat(string.IsNullOrEmpty(each.Value.Description) ? [path + each.Key] : []));

    internal static async Task<IReadOnlyList<string>> ObjectionsAsync(string yaml)
    {
        var schema = await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(Published, Token), Token);
        // Editors read plain YAML 1.2 scalars as numbers and booleans, as this does.
        var plain = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<object>(yaml);
        var json = new SerializerBuilder().JsonCompatible().Build().Serialize(plain);
        return [.. schema.Validate(json).Select(error => error.ToString())];
    }
}
