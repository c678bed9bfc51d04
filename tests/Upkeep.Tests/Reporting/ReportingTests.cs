using System.Security.Cryptography;
using Upkeep.Journal;
using Upkeep.Reporting;
using Upkeep.Reports;
using Upkeep.Testing;

namespace Upkeep.Tests.Reporting;

public sealed class ReportingTests : IDisposable
{
    private static readonly CancellationToken _token = TestContext.Current.CancellationToken;
    private readonly StepHarness _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task The_steps_write_both_reports_and_their_digests_are_in_the_journal()
    {
        await _run.RunAsync(_token, [.. ReportingSteps.Create()]);

        foreach (var step in ReportingSteps.Create())
        {
            var artifact = _run.Facts<ArtifactWritten>(step.Definition.Id).ShouldHaveSingleItem().Artifact;
            var bytes = await File.ReadAllBytesAsync(Path.Combine(_run.Folder, artifact.Path), _token);
            artifact.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
    }

    [Fact]
    public async Task A_dry_run_writes_nothing_and_says_so()
    {
        Directory.Delete(_run.Folder);

        var end = await _run.RunAsync(dryRun: true, _token, [.. ReportingSteps.Create()]);

        end.Status.ShouldBe(StepStatus.Skipped);
        Directory.Exists(_run.Folder).ShouldBeFalse();
    }

    [Fact]
    public async Task After_the_end_the_reports_are_written_again_and_show_it()
    {
        await _run.RunAsync(_token, [.. ReportingSteps.Create()]);
        (await File.ReadAllTextAsync(Path.Combine(_run.Folder, ReportFiles.Weekly), _token)).ShouldContain("**running**");

        var path = await new ReportWriter(_run.Journal).WriteAsync(StepHarness.Run, _run.Folder, _token);

        path.ShouldBe(Path.Combine(_run.Folder, ReportFiles.Summary));
        (await File.ReadAllTextAsync(Path.Combine(_run.Folder, ReportFiles.Weekly), _token)).ShouldContain("**succeeded**");
        var document = RunDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_run.Folder, ReportFiles.Document), _token));
        document.Status.ShouldBe(RunStatus.Succeeded);
        foreach (var artifact in document.Steps.SelectMany(step => step.Artifacts))
            artifact.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(_run.Folder, artifact.Path), _token))));
    }

    [Fact]
    public async Task Rendering_again_changes_neither_journal_nor_files()
    {
        await _run.RunAsync(_token, [.. ReportingSteps.Create()]);
        var writer = new ReportWriter(_run.Journal);
        await writer.WriteAsync(StepHarness.Run, _run.Folder, _token);
        var facts = _run.Journal.Read(StepHarness.Run).Count;
        var files = ReportFiles.All.ToDictionary(name => name, name => File.ReadAllText(Path.Combine(_run.Folder, name)));

        await writer.WriteAsync(StepHarness.Run, _run.Folder, _token);

        _run.Journal.Read(StepHarness.Run).Count.ShouldBe(facts);
        foreach (var (name, text) in files)
            File.ReadAllText(Path.Combine(_run.Folder, name)).ShouldBe(text);
    }

    [Fact]
    public async Task A_run_without_report_steps_still_gets_its_reports_and_no_step_is_made_up()
    {
        await new ReportWriter(_run.Journal).WriteAsync(StepHarness.Run, _run.Folder, _token);

        ReportFiles.All.ShouldAllBe(name => File.Exists(Path.Combine(_run.Folder, name)));
        RunDocument.From(_run.Journal.Read(StepHarness.Run)).Steps.ShouldBeEmpty();
    }
}
