using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Upkeep.Testing;

namespace Upkeep.Tests.Application;

/// <summary>A package registry of the test's own on a real socket: npm's documents, tarballs and advisories.</summary>
internal sealed class NpmRegistry : IAsyncDisposable
{
    private readonly Dictionary<string, List<(string Version, string Published, JsonObject Dependencies)>> _packages = new(StringComparer.Ordinal);
    private TestSite? _site;

    /// <summary>How the advisory endpoint answers; null: there are none.</summary>
    public Func<HttpContext, Task>? Advisories { get; set; }

    /// <summary>How everything else answers; null: as a registry does.</summary>
    public Func<HttpContext, Task>? Documents { get; set; }

    public string Url => _site!.Url.ToString();

    public static async Task<NpmRegistry> StartAsync(CancellationToken cancellationToken)
    {
        var registry = new NpmRegistry();
        registry._site = await TestSite.StartAsync(registry.AnswerAsync, cancellationToken);
        return registry;
    }

    public NpmRegistry Publish(string name, string version, string published = "2024-01-01T00:00:00Z", JsonObject? dependencies = null)
    {
        if (!_packages.TryGetValue(name, out var versions))
            _packages[name] = versions = [];
        versions.Add((version, published, dependencies ?? []));
        return this;
    }

    /// <summary>Writes an advisory's answer, as npm's bulk endpoint has it.</summary>
    public static Func<HttpContext, Task> Says(object advisories) => context => context.Response.WriteAsJsonAsync(advisories);

    public static Func<HttpContext, Task> Refuses(int status, string text = "") => context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(text);
    };

    public static async Task Html(HttpContext context)
    {
        context.Response.ContentType = "text/html";
        await context.Response.WriteAsync("<html><title>Sign in to the proxy</title></html>");
    }

    public static Task Silent(HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

    public ValueTask DisposeAsync() => _site!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = Uri.UnescapeDataString(context.Request.Path.Value!.TrimStart('/'));
        if (path.StartsWith("-/npm/v1/security/", StringComparison.Ordinal))
            await (Advisories ?? Says(new { }))(context);
        else if (Documents is not null)
            await Documents(context);
        else if (path.EndsWith(".tgz", StringComparison.Ordinal))
            await TarballAsync(context, path.Split('/')[0], Path.GetFileNameWithoutExtension(path.Split('/')[^1]));
        else if (_packages.TryGetValue(path, out var versions))
            await context.Response.WriteAsync(Document(path, versions).ToJsonString());
        else
            context.Response.StatusCode = 404;
    }

    private JsonObject Document(string name, List<(string Version, string Published, JsonObject Dependencies)> versions) => new()
    {
        ["name"] = name,
        ["dist-tags"] = new JsonObject { ["latest"] = versions[^1].Version },
        ["versions"] = new JsonObject(versions.Select(one => KeyValuePair.Create<string, JsonNode?>(one.Version, Manifest(name, one.Version, one.Dependencies, $"{Url}{name}/-/{one.Version}.tgz")))),
        ["time"] = new JsonObject(versions.Select(one => KeyValuePair.Create<string, JsonNode?>(one.Version, one.Published))),
    };

    private static JsonObject Manifest(string name, string version, JsonObject dependencies, string? tarball) => new()
    {
        ["name"] = name, ["version"] = version, ["dependencies"] = dependencies.DeepClone(), ["dist"] = tarball is null ? null : new JsonObject { ["tarball"] = tarball },
    };

    private async Task TarballAsync(HttpContext context, string name, string version)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
        {
            var text = Manifest(name, version, _packages[name].Single(one => one.Version == version).Dependencies, null).ToJsonString();
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "package/package.json") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        }
        await context.Response.Body.WriteAsync(packed.ToArray());
    }
}
