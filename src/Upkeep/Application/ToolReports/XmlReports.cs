using System.Xml;
using System.Xml.Linq;

namespace Upkeep.Application.ToolReports;

/// <summary>Reports in XML: JUnit's (as Ant wrote it first and everybody since), and Visual Studio's TRX. Entities are not followed.</summary>
internal static class XmlReports
{
    // A case bears at most one of these; none means that it passed. Attributes of suites differ from tool to tool, so the cases are counted.
    public static ToolCounts Junit(string file)
    {
        var root = Load(file);
        if (root.Name.LocalName is not ("testsuites" or "testsuite"))
            throw new FormatException($"its root is <{root.Name.LocalName}>, not <testsuites>");
        var cases = root.DescendantsAndSelf().Where(element => element.Name.LocalName == "testcase").ToList();
        var failed = cases.Where(one => Has(one, "failure") || Has(one, "error")).ToList();
        var skipped = cases.Count(one => Has(one, "skipped") && !failed.Contains(one));
        return new ToolCounts(cases.Count, cases.Count - failed.Count - skipped, failed.Count, skipped, null,
            [.. failed.Take(ToolCounts.MostNames).Select(one => $"{one.Attribute("classname")?.Value} {one.Attribute("name")?.Value}".Trim())]);
    }

    public static ToolCounts Trx(string file)
    {
        var root = Load(file);
        if (root.Name.LocalName != "TestRun")
            throw new FormatException($"its root is <{root.Name.LocalName}>, not <TestRun>");
        var results = root.Descendants().Where(element => element.Name.LocalName == "UnitTestResult").Select(one => (Name: one.Attribute("testName")?.Value ?? "", Outcome: one.Attribute("outcome")?.Value ?? "")).ToList();
        var passed = results.Count(one => one.Outcome == "Passed");
        var skipped = results.Count(one => one.Outcome is "NotExecuted" or "Inconclusive" or "NotRunnable" or "Pending");
        return new ToolCounts(results.Count, passed, results.Count - passed - skipped, skipped, null,
            [.. results.Where(one => one.Outcome is "Failed" or "Error" or "Timeout" or "Aborted").Take(ToolCounts.MostNames).Select(one => one.Name)]);
    }

    private static bool Has(XElement element, string name) => element.Elements().Any(child => child.Name.LocalName == name);

    private static XElement Load(string file)
    {
        using var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        return XElement.Load(reader);
    }
}
