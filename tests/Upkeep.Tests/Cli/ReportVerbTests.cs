using Microsoft.Extensions.Time.Testing;
using Upkeep.Journal;
using Upkeep.Redaction;
using Upkeep.Reports;
using Upkeep.Testing.Reports;

namespace Upkeep.Tests.Cli;

public sealed class ReportVerbTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(Journaled.Began);
    private readonly ProgramFixture _upkeep;

    public ReportVerbTests()
    {
        _upkeep = new ProgramFixture(_time);
        _upkeep.Configure("platform: Test\ndatabase:\n  url: postgres://app@127.0.0.1:1/app\n");
    }

    public void Dispose() => _upkeep.Dispose();

    private string Folder(string run) => Path.Combine(_upkeep.Root, run);

    private void Journal(params IReadOnlyList<string> runs)
    {
        using var journal = JournalFile.Open(Path.Combine(_upkeep.Root, "journal.db"), Redactor.None, _time);
        foreach (var run in runs)
        {
            journal.Append(run, null, Journaled.Started("a.one") with { Folder = Folder(run) });
            journal.Append(run, "a.one", Journaled.Ended());
            journal.Append(run, null, new RunEnded(RunStatus.Succeeded, null));
        }
    }

    [Fact]
    public async Task The_last_run_is_rendered_again_without_any_database()
    {
        Journal("weekly-20261115", "weekly-20261122");

        (await _upkeep.RunAsync("report")).ShouldBe(0);

        _upkeep.Answer.ShouldContain("weekly-20261122: Everything that was due was done, and proven.");
        _upkeep.Answer.ShouldContain($"Report: {Path.Combine(Folder("weekly-20261122"), ReportFiles.Summary)}");
        ReportFiles.All.ShouldAllBe(name => File.Exists(Path.Combine(Folder("weekly-20261122"), name)));
        Directory.Exists(Folder("weekly-20261115")).ShouldBeFalse();
    }

    [Fact]
    public async Task As_json_it_prints_the_run_document_that_it_writes()
    {
        Journal("weekly-20261122");

        (await _upkeep.RunAsync("report", "weekly-20261122", "--format", "json")).ShouldBe(0);

        RunDocument.Parse(_upkeep.Answer).ToJson().ShouldBe(await File.ReadAllTextAsync(Path.Combine(Folder("weekly-20261122"), ReportFiles.Document), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_report_that_can_not_be_written_is_told_with_its_folder_and_what_to_do()
    {
        Journal("weekly-20261122");
        await File.WriteAllTextAsync(Folder("weekly-20261122"), "in the way", TestContext.Current.CancellationToken);

        (await _upkeep.RunAsync("report")).ShouldBe(4);

        _upkeep.Log.ShouldContain($"The report can't be written to {Folder("weekly-20261122")}");
        _upkeep.Log.ShouldContain("the journal has everything");
    }

    [Fact]
    public async Task An_unknown_run_is_an_error_that_names_the_nearest_and_the_known()
    {
        Journal("weekly-20261115", "weekly-20261122");

        (await _upkeep.RunAsync("report", "weekly-20261123")).ShouldBe(2);

        _upkeep.Log.ShouldContain("There is no run weekly-20261123");
        _upkeep.Log.ShouldContain("Did you mean weekly-20261122? The runs: weekly-20261122, weekly-20261115");
        _upkeep.Answer.ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_nothing_ever_ran_it_says_so_and_makes_no_journal()
    {
        (await _upkeep.RunAsync("report")).ShouldBe(2);

        _upkeep.Log.ShouldContain("There is no run to report");
        Directory.Exists(_upkeep.Root).ShouldBeFalse();
    }
}
