using Upkeep.Logs.Patterns;
using Upkeep.Redaction;

namespace Upkeep.Cli.Verbs.Logs;

/// <summary>The templates as JSON, the most frequent first.</summary>
/// <param name="Messages">How many messages were grouped.</param>
/// <param name="TemplateCount">How many templates there are, also where fewer are shown.</param>
/// <param name="GroupedByBeginning">Messages of which only the first words counted, because there were too many different ones.</param>
internal sealed record PatternsDocument(int Schema, long Messages, int TemplateCount, long GroupedByBeginning, IReadOnlyList<TemplateDocument> Templates, IReadOnlyList<PatternFileDocument> Files)
{
    public static PatternsDocument Of(PatternSurvey survey, ChosenPatterns chosen) => new(1, survey.Messages, survey.Templates.Count, survey.Overflow,
        [.. survey.Templates.Take(chosen.Top ?? int.MaxValue).Select(template => TemplateDocument.Of(template, survey, chosen.Request.WithLines))],
        [.. survey.Files.Select(PatternFileDocument.Of)]);
}

/// <summary>One template as JSON.</summary>
/// <param name="FirstLine">Counted from 1, of several files through all of them; so are <paramref name="Lines"/>.</param>
/// <param name="Share">Of the messages that were grouped.</param>
/// <param name="Example">Its first message, with secrets and personal data masked.</param>
internal sealed record TemplateDocument(string Id, string Template, long Count, double Share, long FirstLine, DateTimeOffset? FirstSeen, DateTimeOffset? LastSeen, string Example, IReadOnlyList<long>? Lines)
{
    private const int ExampleLength = 400;

    public static TemplateDocument Of(Template template, PatternSurvey survey, bool withLines) => new(template.Id, SecretShapes.Clean(template.Text, ExampleLength), template.Count,
        Math.Round((double)template.Count / survey.Messages, 6), template.FirstLine, template.FirstSeen, template.LastSeen, PersonalData.Clean(template.Example, ExampleLength), withLines ? template.Lines : null);
}

/// <summary>What was read of a file.</summary>
/// <param name="LinesBefore">Lines of the files before it: a line's number in this file is its number less these.</param>
/// <param name="Loss">What was not read, and why; absent where everything was.</param>
internal sealed record PatternFileDocument(string Path, string Format, string Packing, long Lines, long LinesBefore, long Continuations, long Bytes, bool HasLevels, string? Loss, IReadOnlyList<string> Notes)
{
    public static PatternFileDocument Of(PatternFile file) => new(file.Path, Output.StatusWord.Of(file.Format), Output.StatusWord.Of(file.Packing), file.Lines, file.FirstLine, file.Continuations, file.Bytes, file.HasLevels, file.Loss, file.Notes);
}
