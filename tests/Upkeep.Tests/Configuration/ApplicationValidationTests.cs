using Upkeep.Configuration;
using Upkeep.Maintenance;

namespace Upkeep.Tests.Configuration;

public sealed class ApplicationValidationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("upkeep-configuration-").FullName;

    [Theory]
    [InlineData("tests: { run: [npm run test] }", "application.tests.run[0]", "no shell takes it apart")]
    [InlineData("tests: { run: [npm, test], folder: ../elsewhere }", "application.tests.folder", "leads out of the source folder")]
    [InlineData("lint: { run: [x], report: { format: eslint, path: /etc/passwd } }", "application.lint.report.path", "leads out of the command's folder")]
    [InlineData("lint: { run: [x], report: { format: sarif, path: a } }", "application.lint.report.format", "isn't one of the words known here")]
    [InlineData("tests: { run: [x], deadline: 0 }", "application.tests.deadline", "nothing can run")]
    [InlineData("build: { outputs: [../dist] }", "application.build.outputs[0]", "no folder of its own")]
    [InlineData("build: { budgets: [ { assets: '*.js' } ] }", "application.build.budgets[0]", "sets no limit")]
    [InlineData("workFolder: /srv/app/.work", "application.workFolder", "lies in the source folder")]
    [InlineData("keepOutput: 10", "application.keepOutput", "to be evidence")]
    [InlineData("pass: ['*']", "application.pass[0]", "everything that upkeep knows")]
    [InlineData("environment: { keys: [ { name: A B } ] }", "application.environment.keys[0].name", "no name of a variable")]
    [InlineData("environment: { keys: [ { name: A }, { name: A } ] }", "application.environment.keys[1].name", "an earlier entry")]
    [InlineData("pass: [A=secret]", "application.pass[0]", "is no name")]
    public void What_can_not_work_is_told_with_its_line(string settings, string key, string words)
    {
        var file = Path.Combine(_folder, "upkeep.yaml");
        File.WriteAllText(file, $"platform: Test\ndatabase:\n  url: postgres://u@h/d\napplication:\n  folder: /srv/app\n  {settings}\n");

        var problem = new ConfigurationLoader(_ => null, StepIds.All).Load(file).Problems.ShouldHaveSingleItem();

        problem.Line.ShouldBe(6);
        problem.Key.ShouldBe(key);
        problem.Message.ShouldContain(words);
    }

    [Fact]
    public void A_source_folder_that_holds_upkeeps_own_is_refused_for_it_would_be_copied_into_itself()
    {
        var file = Path.Combine(_folder, "upkeep.yaml");
        File.WriteAllText(file, "platform: Test\ndatabase:\n  url: postgres://u@h/d\napplication:\n  folder: .\n");

        var problem = new ConfigurationLoader(_ => null, StepIds.All).Load(file).Problems.ShouldHaveSingleItem();

        (problem.Line, problem.Key).ShouldBe((5, "application.folder"));
        problem.Message.ShouldContain("lies in the source folder");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
