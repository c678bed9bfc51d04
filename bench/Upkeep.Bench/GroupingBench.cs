using NodaTime;
using Upkeep.Logs.Patterns;

namespace Upkeep.Bench;

/// <summary>
/// Grouping accuracy on logs whose groups are known: a line counts when its group holds exactly the lines of its true group. A set is a
/// pair of <c>NAME.log</c> and <c>NAME.log_structured.csv</c> with the columns LineId and EventId, as the Loghub sets have them; the raw
/// lines are read, as <c>upkeep logs patterns --all-levels</c> reads them.
/// </summary>
internal static class GroupingBench
{
    private const string TruthSuffix = "_structured.csv";

    public static int Run(string folder)
    {
        var truths = Directory.EnumerateFiles(folder, "*.log" + TruthSuffix, SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        if (truths.Count == 0)
        {
            Console.Error.WriteLine($"There is no *.log{TruthSuffix} in {folder}.");
            return 2;
        }
        Console.WriteLine("| set | lines | true groups | our groups | accuracy |");
        Console.WriteLine("|---|--:|--:|--:|--:|");
        var sum = 0.0;
        foreach (var truth in truths)
        {
            var (log, expected) = (truth[..^TruthSuffix.Length], Truth(truth));
            var templates = Grouped(log);
            var accuracy = Accuracy(expected, templates);
            sum += accuracy;
            Console.WriteLine(FormattableString.Invariant($"| {Path.GetFileNameWithoutExtension(log)} | {expected.Count} | {expected.Values.Distinct().Count()} | {templates.Count} | {accuracy:0.0000} |"));
        }
        Console.WriteLine(FormattableString.Invariant($"| mean | | | | {sum / truths.Count:0.0000} |"));
        return 0;
    }

    private static double Accuracy(Dictionary<long, string> expected, IReadOnlyList<Template> templates)
    {
        var sizes = expected.Values.CountBy(group => group).ToDictionary();
        // A line in no template at all is a wrong one.
        var right = templates.Where(template => template.Lines.Select(line => expected.GetValueOrDefault(line)).Distinct().ToList() is [{ } group] && sizes[group] == template.Lines.Count);
        return (double)right.Sum(template => template.Lines.Count) / expected.Count;
    }

    private static IReadOnlyList<Template> Grouped(string log)
    {
        var scan = new PatternScan(new PatternRequest(null, null, WithLines: true), DateTimeZone.Utc, new LocalDate(2026, 11, 24));
        scan.Read(log, CancellationToken.None);
        return scan.Survey.Templates;
    }

    private static Dictionary<long, string> Truth(string csv)
    {
        using var file = File.OpenText(csv);
        using var reader = new CsvHelper.CsvReader(file, System.Globalization.CultureInfo.InvariantCulture);
        reader.Read();
        reader.ReadHeader();
        var groups = new Dictionary<long, string>();
        while (reader.Read())
            groups[reader.GetField<long>("LineId")] = reader.GetField("EventId")!;
        return groups;
    }
}
