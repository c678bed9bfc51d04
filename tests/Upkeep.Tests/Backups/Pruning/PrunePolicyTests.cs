using CsCheck;
using NodaTime;
using Upkeep.Backups;
using Upkeep.Backups.Pruning;
using Upkeep.Configuration;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Pruning;

public sealed class PrunePolicyTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<StoredBackup[]> _backups = Gen.Select(Gen.Int[0, 400 * 24], Gen.Bool, Gen.Int[0, 20]).Array[0, 40]
        .Select(ages => ages.Select((age, at) => MadeBackups.Stored($"b{at}", _now.AddHours(-age.Item1), age.Item2, age.Item3 == 0 ? $"run-{at}" : null)).ToArray());

    private static readonly Gen<KeepSettings> _keep = Gen.Select(Gen.Int[1, 10], Gen.Int[0, 6], Gen.Int[0, 8]).Select(keep => new KeepSettings { Daily = keep.Item1, Weekly = keep.Item2, Monthly = keep.Item3 });

    private static PruneDecision Decide(IEnumerable<StoredBackup> backups, KeepSettings keep, params string[] held) =>
        PrunePolicy.Decide(new PruneRequest([.. backups], keep, new BackupOwner(MadeBackups.Database, "7001"), held.ToDictionary(run => run, _ => "held"), _now, DateTimeZone.Utc));

    private static StoredBackup Day(int ago, bool proven = false, string? run = null) => MadeBackups.Stored($"day-{ago}", _now.AddDays(-ago), proven, run);

    private static string[] Names(IEnumerable<PruneVerdict> verdicts) => [.. verdicts.Select(verdict => verdict.Backup.Name)];

    [Fact]
    public void The_newest_of_each_day_week_and_month_stays_with_its_reasons_and_the_rest_goes()
    {
        var decision = Decide(Enumerable.Range(0, 60).Select(ago => Day(ago, proven: ago == 0)), new KeepSettings { Daily = 3, Weekly = 2, Monthly = 2 });

        // 22 November is a Sunday: the newest of the week before is the 15th, of the month before the 31st of October.
        Names(decision.Keep).ShouldBe(["day-0", "day-1", "day-2", "day-7", "day-22"]);
        decision.Keep[0].Reasons.ShouldBe(["the newest", "the newest of the day 2026-11-22", "the newest of the week 2026-W47", "the newest of the month 2026-11"]);
        decision.Keep[^1].Reasons.ShouldBe(["the newest of the month 2026-10"]);
        decision.Expire.Count.ShouldBe(55);
        decision.Expire[0].Backup.Name.ShouldBe("day-59");
        decision.Expire[0].Reasons.ShouldHaveSingleItem().ShouldContain("day-0 is newer and was proven to restore");
    }

    [Fact]
    public void Seven_of_one_day_are_one_day_and_days_without_any_count_for_nothing()
    {
        var decision = Decide([.. Enumerable.Range(0, 7).Select(hour => MadeBackups.Stored($"h{hour}", _now.AddHours(-hour), proven: hour == 0)), Day(20), Day(30)],
            new KeepSettings { Daily = 3, Weekly = 0, Monthly = 0 });

        Names(decision.Keep).ShouldBe(["h0", "day-20", "day-30"]);
        Names(decision.Expire).ShouldBe(["h6", "h5", "h4", "h3", "h2", "h1"]);
    }

    [Fact]
    public void A_day_is_the_platforms_day()
    {
        // 02:30Z is the evening before in Toronto.
        var backups = new[] { MadeBackups.Stored("late", new DateTimeOffset(2026, 11, 21, 2, 30, 0, TimeSpan.Zero), proven: true), MadeBackups.Stored("early", new DateTimeOffset(2026, 11, 20, 14, 0, 0, TimeSpan.Zero)) };
        PruneDecision In(string zone) => PrunePolicy.Decide(new PruneRequest(backups, new KeepSettings { Daily = 9, Weekly = 0, Monthly = 0 }, new BackupOwner(MadeBackups.Database, null), new Dictionary<string, string>(), _now, DateTimeZoneProviders.Tzdb[zone]));

        In("UTC").Expire.ShouldBeEmpty();
        Names(In("America/Toronto").Expire).ShouldBe(["early"]);
    }

    [Fact]
    public void Where_none_was_proven_to_restore_nothing_expires()
    {
        var decision = Decide(Enumerable.Range(0, 40).Select(ago => Day(ago)), new KeepSettings { Daily = 1, Weekly = 0, Monthly = 0 });

        decision.Expire.ShouldBeEmpty();
        decision.Keep[^1].Reasons.ShouldBe(["no newer one was proven to restore"]);
    }

    [Fact]
    public void The_last_proven_one_stays_however_old_and_only_what_is_older_goes()
    {
        var decision = Decide(Enumerable.Range(0, 40).Select(ago => Day(ago, proven: ago == 25)), new KeepSettings { Daily = 1, Weekly = 0, Monthly = 0 });

        decision.Keep.Single(verdict => verdict.Backup.Name == "day-25").Reasons.ShouldBe(["the newest that was proven to restore"]);
        Names(decision.Expire).ShouldBe([.. Enumerable.Range(26, 14).Reverse().Select(ago => $"day-{ago}")]);
    }

    [Fact]
    public void One_that_did_not_restore_stands_for_no_day_and_never_pushes_out_the_good_one_of_it()
    {
        StoredBackup Spoilt(string name, double ago) { var day = MadeBackups.Stored(name, _now.AddDays(-ago), proven: true); return day with { Proof = day.Proof! with { Holds = false, Problems = ["a row is missing"] } }; }

        var decision = Decide([Spoilt("spoilt-now", 0), Day(1, proven: true), Spoilt("spoilt-noon", 1.9), Day(2), Day(9)], new KeepSettings { Daily = 2, Weekly = 0, Monthly = 0 });

        decision.Keep.Select(verdict => (verdict.Backup.Name, verdict.Reasons[0])).ShouldBe([("spoilt-now", "no newer one was proven to restore"), ("day-1", "the newest"), ("day-2", decision.Keep[2].Reasons[0])]);
        decision.Keep[2].Reasons[0].ShouldStartWith("the newest of the day");
        Names(decision.Expire).ShouldBe(["day-9", "spoilt-noon"], ignoreOrder: true);
        decision.Expire.Single(verdict => verdict.Backup.Name == "spoilt-noon").Reasons[0].ShouldBe("it did not restore as its manifest says, and day-1 is newer and was proven to restore");
    }

    [Fact]
    public void What_a_run_may_still_need_another_database_s_an_unreadable_one_and_one_of_tomorrow_are_left_alone()
    {
        StoredBackup[] odd =
        [
            Day(0, proven: true), Day(300, run: "weekly-20260126"), MadeBackups.Stored("other", _now.AddDays(-300), database: "billing"),
            new StoredBackup("torn", "/backups/torn", null, null), MadeBackups.Stored("tomorrow", _now.AddDays(1), proven: true),
        ];

        var decision = Decide(odd, new KeepSettings { Daily = 1, Weekly = 0, Monthly = 0 }, "weekly-20260126");

        decision.Expire.ShouldBeEmpty();
        decision.Keep.Select(verdict => verdict.Reasons[0]).ShouldBe(
            ["the newest", "held", "it is of the database billing, which this platform doesn't maintain", "its manifest can't be read, so nobody knows what is in it",
             "it says it is of 2026-11-23 12:00Z, which is still to come: one of two clocks is wrong"], ignoreOrder: true);
    }

    [Fact]
    public void A_proof_that_left_something_open_lets_nothing_go_and_one_of_before_counts_where_it_left_nothing_open()
    {
        StoredBackup Newest(bool? compared, params string[] open) { var day = Day(0, proven: true); return day with { Proof = day.Proof! with { Compared = compared, NotProven = open } }; }
        int Going(StoredBackup newest) => Decide([newest, Day(1), Day(2)], new KeepSettings { Daily = 1, Weekly = 0, Monthly = 0 }).Expire.Count;

        Going(Newest(true, "the constraint c of t is NOT VALID in the source too")).ShouldBe(2);
        Going(Newest(false, "public.t is missing: transactions were under way when the backup was taken, so it may be right")).ShouldBe(0);
        Going(Newest(null)).ShouldBe(2);
        Going(Newest(null, "indexes and heaps were not checked: pg_amcheck ended with status 1")).ShouldBe(0);
    }

    [Fact]
    public void A_database_of_the_same_name_on_another_server_counts_neither_as_ours_nor_as_a_newer_proven_one()
    {
        static StoredBackup Of(string server, StoredBackup backup) => backup with { Manifest = backup.Manifest! with { Server = server } };

        var decision = Decide([Of("7002", Day(0, proven: true)), Of("7001", Day(1)), Of("7001", Day(2)), Day(3)], new KeepSettings { Daily = 1, Weekly = 0, Monthly = 0 });

        decision.Expire.ShouldBeEmpty();
        decision.Keep[^1].Reasons.ShouldBe(["it is of a database scenescout on another server (system 7002; this one is 7001), which this platform doesn't maintain"]);
    }

    [Fact]
    public void Whatever_there_is_the_newest_and_the_newest_proven_stay_and_nothing_goes_without_a_newer_proven_one_that_stays() =>
        Gen.Select(_backups, _keep).Sample((backups, keep) =>
        {
            var decision = Decide(backups, keep);
            (decision.Keep.Count + decision.Expire.Count).ShouldBe(backups.Length);
            var kept = decision.Keep.Select(verdict => verdict.Backup).ToHashSet();
            if (backups.Length > 0)
                kept.Max(backup => backup.Manifest!.StartedAt).ShouldBe(backups.Max(backup => backup.Manifest!.StartedAt));
            foreach (var gone in decision.Expire)
                kept.ShouldContain(backup => backup.IsProven && backup.Manifest!.StartedAt > gone.Backup.Manifest!.StartedAt);
            decision.Keep.Concat(decision.Expire).ShouldAllBe(verdict => verdict.Reasons.Count > 0);
        }, iter: 2000);

    [Fact]
    public void Pruning_what_was_pruned_removes_nothing() =>
        Gen.Select(_backups, _keep).Sample((backups, keep) => Decide(Decide(backups, keep).Keep.Select(verdict => verdict.Backup), keep).Expire.ShouldBeEmpty(), iter: 2000);

    [Fact]
    public void Keeping_more_keeps_all_that_keeping_less_did_and_a_lost_proof_makes_nothing_go() =>
        Gen.Select(_backups, _keep, Gen.Int[0, 3]).Sample((backups, keep, more) =>
        {
            var generous = new KeepSettings { Daily = keep.Daily + more, Weekly = keep.Weekly + more, Monthly = keep.Monthly + more };
            Names(Decide(backups, keep).Keep).ShouldBeSubsetOf(Names(Decide(backups, generous).Keep));
            var unproven = backups.Select(backup => backup.Name.EndsWith('1') ? backup with { Proof = null } : backup);
            Names(Decide(unproven, keep).Expire).ShouldBeSubsetOf(Names(Decide(backups, keep).Expire));
        }, iter: 2000);

    [Fact]
    public void The_order_in_which_backups_are_found_decides_nothing() =>
        Gen.Select(_backups, _keep).Sample((backups, keep) => Names(Decide(backups.Reverse(), keep).Expire).ShouldBe(Names(Decide(backups, keep).Expire)), iter: 500);
}
