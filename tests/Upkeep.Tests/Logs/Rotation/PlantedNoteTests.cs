using System.Diagnostics;
using System.Text.Json;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Tests.Logs.Rotation;

/// <summary>Who may write to the archives' folder may not have us, who may be root, run, pack or remove what they choose.</summary>
public sealed class PlantedNoteTests : IDisposable
{
    private readonly LogFolder _logs = new();
    private readonly LogRotation _rotation = new(new ProgramDoor(new Redactor([]), TimeProvider.System), LogFolder.NoLogrotate, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Archive => Path.Combine(_logs.Folder, "app.log-20261122.zst");

    private string Victim => Path.Combine(_logs.Folder, "victim");

    public PlantedNoteTests()
    {
        File.WriteAllLines(_logs.Log, Enumerable.Range(0, 5000).Select(line => $"line {line}"));
        File.WriteAllText(Victim, "precious\n");
    }

    [Fact]
    public async Task A_command_in_a_note_is_not_run()
    {
        var witness = Path.Combine(_logs.Folder, "witness");
        var renamed = RenameIntent.NameOf(_logs.Log, Archive);
        File.WriteAllText(renamed, "");
        FileNames.Exchange(_logs.Log, renamed);
        using var writer = Process.Start(new ProcessStartInfo("bash", ["-c", "exec >> \"$0\"; sleep 30", renamed]))!;
        try
        {
            while (FileLease.IsFreeOfWriters(renamed) is not false)
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
            var intent = Rename(renamed, Archive);
            Plant(intent.File, JsonSerializer.Serialize(intent)[..^1] + $",\"Reopen\":{{\"Command\":[\"touch\",\"{witness}\"],\"Wait\":\"00:00:00.1\"}}}}");

            await _rotation.RotateAsync(_logs.Request with { Reopen = new ReopenSettings { Command = ["true"], Wait = TimeSpan.FromMilliseconds(50) } }, Token);
        }
        finally
        {
            writer.Kill(entireProcessTree: true);
        }

        File.Exists(witness).ShouldBeFalse();
    }

    [Fact]
    public async Task A_note_about_other_files_than_its_own_name_tells_is_refused_and_they_stay()
    {
        foreach (var intent in new[] { Rename(Victim, Archive), Rename(RenameIntent.NameOf(_logs.Log, Archive), Path.Combine(_logs.Folder, "elsewhere.zst")) })
        {
            Plant(RenameIntent.FileOf(Archive), JsonSerializer.Serialize(intent));

            await ShouldBeRefused("follow from its name");
        }
    }

    [Theory]
    [InlineData("writable by its group")]
    [InlineData("of another user")]
    [InlineData("a link")]
    [InlineData("a pipe")]
    [InlineData("with two names")]
    [InlineData("no JSON")]
    [InlineData("half")]
    public async Task What_is_no_note_of_ours_is_this_logs_problem_and_no_others(string kind)
    {
        var note = RenameIntent.FileOf(Archive);
        var text = JsonSerializer.Serialize(Rename(RenameIntent.NameOf(_logs.Log, Archive), Archive));
        switch (kind)
        {
            case "a link":
                Plant(Victim + ".json", text);
                File.CreateSymbolicLink(note, Victim + ".json");
                break;
            case "a pipe":
                await Process.Start("mkfifo", [note]).WaitForExitAsync(Token);
                break;
            default:
                Plant(note, kind switch { "no JSON" => "not this", "half" => "{\"Path\":\"/x\"}", _ => text });
                break;
        }
        if (kind == "writable by its group")
            File.SetUnixFileMode(note, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
        else if (kind == "with two names")
            await Process.Start("ln", [note, Victim + ".too"]).WaitForExitAsync(Token);
        else if (kind == "of another user")
        {
            Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root gives a file away.");
            await Process.Start("chown", ["nobody", note]).WaitForExitAsync(Token);
        }
        var other = Path.Combine(Path.GetDirectoryName(_logs.Log)!, "other.log");
        File.Copy(_logs.Log, other);

        await ShouldBeRefused(note);

        (await _rotation.RotateAsync(_logs.Request with { Path = other }, Token)).Done.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_link_in_the_place_of_the_lock_or_of_a_note_being_written_is_not_followed()
    {
        var elsewhere = Path.Combine(Path.GetDirectoryName(_logs.Log)!, "made-by-us");
        var beside = CollapseIntent.FileOf(ArchiveName.Free(_logs.Request, TimeProvider.System.GetUtcNow())) + ".part";
        File.CreateSymbolicLink(beside, Victim);
        (await _rotation.RotateAsync(_logs.Request, Token)).Done.ShouldHaveSingleItem();
        File.ReadAllText(Victim).ShouldBe("precious\n");

        var at = Path.Combine(_logs.Folder, ".upkeep-rotation.lock");
        File.Delete(at);
        File.CreateSymbolicLink(at, elsewhere);
        (await _rotation.RotateAsync(_logs.Request, Token)).Problem!.What.ShouldContain("is a link");
        File.Exists(elsewhere).ShouldBeFalse();
    }

    public void Dispose() => _logs.Dispose();

    private async Task ShouldBeRefused(string words)
    {
        var before = File.ReadAllBytes(_logs.Log);
        var outcome = await _rotation.RotateAsync(_logs.Request, Token);

        outcome.Done.ShouldBeEmpty();
        outcome.Problem!.What.ShouldContain(words);
        outcome.Problem.Hint!.ShouldContain(RenameIntent.FileOf(Archive));
        _rotation.Look(_logs.Request).Problem!.What.ShouldContain(words);
        File.ReadAllText(Victim).ShouldBe("precious\n");
        File.ReadAllBytes(_logs.Log).ShouldBe(before);
    }

    private RenameIntent Rename(string renamed, string archive) =>
        new(_logs.Log, renamed, archive, FileFacts.Of(_logs.Log)!.Device, FileFacts.Of(renamed)?.Inode ?? 1, 2, WasHeld: false, TimeProvider.System.GetUtcNow());

    private static void Plant(string file, string text)
    {
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
