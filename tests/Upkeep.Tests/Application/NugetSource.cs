using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Upkeep.Testing;

namespace Upkeep.Tests.Application;

/// <summary>A NuGet source of the test's own on a real socket: <c>Asked</c> 1.0.0, which brings in <c>Below</c> 1.0.0, for which there is an advisory and a fixed 2.0.0.</summary>
internal sealed class NugetSource : IAsyncDisposable
{
    public const string Advisory = "https://advisories.test/GHSA-below";

    private TestSite? _site;

    /// <summary>Whether its index offers what it knows of vulnerabilities, as not every mirror does.</summary>
    public bool KnowsVulnerabilities { get; set; } = true;

    public string Index => _site!.Url + "v3/index.json";

    public static async Task<NugetSource> StartAsync(CancellationToken cancellationToken)
    {
        var source = new NugetSource();
        source._site = await TestSite.StartAsync(source.AnswerAsync, cancellationToken);
        return source;
    }

    /// <summary>Writes a project that asks for <c>Asked</c> of this source.</summary>
    public void Write(ApplicationBench bench, string folder)
    {
        bench.Write(Path.Combine(folder, "nuget.config"), $"""
            <configuration><config><add key="globalPackagesFolder" value="packages" /></config>
            <packageSources><clear /><add key="test" value="{Index}" allowInsecureConnections="true" /></packageSources><auditSources><clear /></auditSources></configuration>
            """);
        bench.Write(Path.Combine(folder, "app.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            <ItemGroup><PackageReference Include="asked" Version="1.0.0" /></ItemGroup></Project>
            """);
    }

    public ValueTask DisposeAsync() => _site!.DisposeAsync();

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["v3", "index.json"] => JsonAsync(context, Resources()),
        ["vulnerable", "index.json"] => JsonAsync(context, new JsonArray(new JsonObject { ["@name"] = "base", ["@id"] = _site!.Url + "vulnerable/base.json", ["@updated"] = "2026-01-01T00:00:00Z" })),
        ["vulnerable", "base.json"] => JsonAsync(context, new JsonObject { ["below"] = new JsonArray(new JsonObject { ["url"] = Advisory, ["severity"] = 3, ["versions"] = "(, 2.0.0)" }) }),
        ["flat", var id, "index.json"] when Versions(id) is { } versions => JsonAsync(context, new JsonObject { ["versions"] = new JsonArray([.. versions.Select(one => (JsonNode)one)]) }),
        ["flat", var id, var version, _] when Versions(id) is not null => PackageAsync(context, id, version),
        ["reg", var id, "index.json"] when Versions(id) is { } versions => JsonAsync(context, Registration(id, versions)),
        _ => Missing(context),
    };

    private static string[]? Versions(string id) => id switch { "asked" => ["1.0.0"], "below" => ["1.0.0", "2.0.0"], _ => null };

    private JsonObject Resources()
    {
        JsonNode Resource(string type, string path) => new JsonObject { ["@type"] = type, ["@id"] = _site!.Url + path };
        var all = new JsonArray(Resource("PackageBaseAddress/3.0.0", "flat/"), Resource("RegistrationsBaseUrl/3.6.0", "reg/"), Resource("SearchQueryService", "query"));
        if (KnowsVulnerabilities)
            all.Add(Resource("VulnerabilityInfo/6.7.0", "vulnerable/index.json"));
        return new JsonObject { ["version"] = "3.0.0", ["resources"] = all };
    }

    private JsonObject Registration(string id, string[] versions)
    {
        var url = _site!.Url + $"reg/{id}/index.json";
        return new JsonObject
        {
            ["@id"] = url, ["count"] = 1,
            ["items"] = new JsonArray(new JsonObject
            {
                ["@id"] = url + "#page", ["count"] = versions.Length, ["lower"] = versions[0], ["upper"] = versions[^1],
                ["items"] = new JsonArray([.. versions.Select(version => (JsonNode)new JsonObject
                {
                    ["@id"] = _site.Url + $"reg/{id}/{version}.json", ["packageContent"] = _site.Url + $"flat/{id}/{version}/{id}.{version}.nupkg",
                    ["catalogEntry"] = new JsonObject
                    {
                        ["@id"] = _site.Url + $"catalog/{id}.{version}.json", ["id"] = id, ["version"] = version, ["listed"] = true,
                        ["vulnerabilities"] = KnowsVulnerabilities && id == "below" && version == "1.0.0" ? new JsonArray(new JsonObject { ["advisoryUrl"] = Advisory, ["severity"] = "3" }) : new JsonArray(),
                    },
                })]),
            }),
        };
    }

    private static async Task PackageAsync(HttpContext context, string id, string version)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            await using var writer = new StreamWriter(zip.CreateEntry($"{id}.nuspec").Open());
            var dependency = id == "asked" ? """<group targetFramework="net10.0"><dependency id="below" version="1.0.0" /></group>""" : """<group targetFramework="net10.0" />""";
            await writer.WriteAsync($"""
                <?xml version="1.0"?><package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata><id>{id}</id><version>{version}</version><authors>test</authors>
                <description>test</description><dependencies>{dependency}</dependencies></metadata></package>
                """);
        }
        await context.Response.Body.WriteAsync(packed.ToArray());
    }

    private static Task JsonAsync(HttpContext context, JsonNode json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json.ToJsonString());
    }

    private static Task Missing(HttpContext context)
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }
}
