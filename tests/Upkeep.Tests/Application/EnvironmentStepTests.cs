using System.Diagnostics;
using Upkeep.Application.Drift;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Tests.Application;

public sealed class EnvironmentStepTests : IAsyncDisposable
{
    private const string Id = "application.environment";
    private readonly ApplicationBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Keys_that_code_and_templates_name_are_found_with_their_place_and_whether_they_have_a_default()
    {
        _bench.Write("src/server.ts", "const a = process.env.API_URL;\nconst b = process.env['API_TOKEN'];\nconst c = process.env.PORT ?? '3000';\n// process.env.GONE\nconst m = process.env.NODE_ENV;\n");
        _bench.Write("src/app.tsx", "export const site = import.meta.env.VITE_SITE;\n");
        _bench.Write("api/Start.cs", "var x = Environment.GetEnvironmentVariable(\"DOTNET_KEY\");\n");
        _bench.Write("src/server.test.ts", "process.env.ONLY_IN_TESTS");
        _bench.Write("node_modules/x/index.js", "process.env.OF_A_PACKAGE");
        _bench.Write(".env.example", "# which\nMAIL_FROM=me@example.org\nAPI_URL=\n");

        new CodeKeys(_bench.Settings).In(_bench.Source).Select(key => (key.Name, key.Where, key.InCode, key.HasDefault)).ShouldBe(
        [
            ("API_TOKEN", "src/server.ts:2", true, false), ("API_URL", "src/server.ts:1", true, false), ("DOTNET_KEY", "api/Start.cs:1", true, false),
            ("MAIL_FROM", ".env.example:2", false, false), ("PORT", "src/server.ts:3", true, true), ("VITE_SITE", "src/app.tsx:1", true, false),
        ]);
    }

    [Fact]
    public async Task Each_fault_is_a_finding_of_its_own()
    {
        _bench.Write("a.ts", "process.env.MISSING; process.env.URL_KEY; process.env.COUNT; process.env.FLAG; process.env.EMPTY; process.env.HOLDER; process.env.TWICE; process.env.GOOD; process.env.OPT || 1; process.env.FEATURE_X");
        _bench.Write(".env", "URL_KEY=not a url\nCOUNT=many\nFLAG=perhaps\nEMPTY=\nHOLDER=<your key>\nTWICE=1\nTWICE=2\nGOOD=\"a # b\" # fine\nUNKNOWN=1\n");
        File.SetUnixFileMode(Path.Combine(_bench.Source, ".env"), (UnixFileMode)0b110_100_100);
        var settings = new DriftSettings
        {
            Keys = [new() { Name = "URL_KEY", Kind = DriftKind.Url }, new() { Name = "COUNT", Kind = DriftKind.Number }, new() { Name = "FLAG", Kind = DriftKind.Boolean }],
            Optional = ["FEATURE_*"],
        };

        var end = await _bench.RunAsync(_bench.Settings with { Environment = settings }, Id, Token);

        end.Status.ShouldBe(StepStatus.Attention);
        _bench.Harness.Findings(Id).Select(finding => (finding.Code, finding.Subject)).ShouldBe(
        [
            ("environment-key-missing", "MISSING"), ("environment-key-unset", "OPT"), ("environment-file-open", ".env"),
            ("environment-value-malformed", "URL_KEY"), ("environment-value-malformed", "COUNT"), ("environment-value-malformed", "FLAG"),
            ("environment-value-empty", "EMPTY"), ("environment-value-placeholder", "HOLDER"), ("environment-key-twice", "TWICE"), ("environment-key-unknown", ".env"),
        ], ignoreOrder: true);
        _bench.Harness.Findings(Id).Single(finding => finding.Subject == "URL_KEY").Message.ShouldBe("URL_KEY is no absolute URL in .env:1.");
    }

    [Fact]
    public async Task No_value_is_in_any_output_journal_or_artifact()
    {
        string[] values = ["Sup3rSecretValue", "AnotherHiddenThing", "MIIEvgIBADANBgkqhkiG9w0BAQ", "SecondLineOfTheKey", "hidden-in-the-process", "p4ssInTheUnit"];
        _bench.Write("a.ts", "process.env.DB; process.env.KEY; process.env.LIVE; process.env.NUM");
        _bench.Write(".env", $"DB=postgres://u:{values[0]}@host/db\nNUM={values[1]}\nNUM=again{values[1]}\nKEY=-----BEGIN PRIVATE KEY-----\n{values[2]}=\n{values[3]}==\n-----END PRIVATE KEY-----\n{values[1]}\n");
        var start = new ProcessStartInfo("sleep", ["1000"]) { Environment = { ["LIVE"] = values[4] } };
        using var service = Process.Start(start)!;
        _bench.Write("service.pid", $"{service.Id}\n");
        var settings = new DriftSettings { Files = [".env"], PidFiles = [Path.Combine(_bench.Source, "service.pid")], Keys = [new() { Name = "NUM", Kind = DriftKind.Number }] };
        try
        {
            var end = await _bench.RunAsync(_bench.Settings with { Environment = settings }, Id, Token);

            end.Status.ShouldBe(StepStatus.Attention);
            _bench.Harness.Findings(Id).ShouldNotContain(finding => finding.Subject == "LIVE");
            var said = string.Join('\n', Directory.EnumerateFiles(_bench.Harness.Root, "*", SearchOption.AllDirectories).Select(file => System.Text.Encoding.Latin1.GetString(Bytes(file))))
                + string.Join('\n', _bench.Harness.Journal.Read(Upkeep.Testing.StepHarness.Run)) + string.Join('\n', _bench.Harness.Heard);
            said.ShouldContain("environment-value-malformed");
            foreach (var value in values)
                said.ShouldNotContain(value);
        }
        finally
        {
            service.Kill();
        }
    }

    [Fact]
    public void A_units_own_environment_its_files_and_its_process_count()
    {
        _bench.Write("unit.env", "FROM_FILE=1\n");
        var file = Path.Combine(_bench.Source, "unit.env");
        var places = new EnvironmentPlaces(_bench.Settings, new ProgramDoor(Redactor.None, TimeProvider.System), []).OfProperties("app.service",
            $"LoadState=loaded\nMainPID={Environment.ProcessId}\nEnvironment=PLAIN=1 \"SPACED=a b\" EMPTY=\nEnvironmentFiles={file} (ignore_errors=no)\nEnvironmentFiles=/no/such (ignore_errors=yes)\nEnvironmentFiles=/no/other (ignore_errors=no)\n");

        places.Select(place => (place.Problem, Keys: string.Join(",", place.Keys.Take(3).Select(key => key.Name)))).Take(3).ShouldBe([(null, "PLAIN,SPACED,EMPTY"), (null, "FROM_FILE"), ("there is no such file", "")]);
        places[^1].Keys.ShouldContain(key => key.Name == "PATH");
        new EnvironmentPlaces(_bench.Settings, new ProgramDoor(Redactor.None, TimeProvider.System), []).OfProperties("none.service", "LoadState=not-found\n").ShouldHaveSingleItem().Problem!.ShouldContain("not-found");
    }

    [Fact]
    public async Task What_can_not_be_looked_at_is_not_checked()
    {
        _bench.Write("a.ts", "process.env.KEY");
        (await _bench.RunAsync(_bench.Settings, Id, Token)).Status.ShouldBe(StepStatus.Skipped);

        await _bench.RunAsync(_bench.Settings with { Environment = new DriftSettings { Files = ["/no/such.env"], PidFiles = ["/no/such.pid"] } }, Id, Token);

        _bench.Harness.Findings(Id).Select(finding => finding.Code).ShouldBe(["environment-not-checked", "environment-not-checked"]);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    // The journal is open.
    private static byte[] Bytes(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
