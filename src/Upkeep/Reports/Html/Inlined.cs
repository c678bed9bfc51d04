using System.Security.Cryptography;
using System.Text;

namespace Upkeep.Reports.Html;

/// <summary>What is inlined into every report, and the policy that allows nothing else.</summary>
internal static class Inlined
{
    private const string Vendor = "vendor/uplot-1.6.32/";

    public static string Style { get; } = "\n" + Text(Vendor + "uPlot.min.css") + Text("report.css");

    public static string ChartLibrary { get; } = "\n/*\n" + Text(Vendor + "LICENSE") + "*/\n" + Text(Vendor + "uPlot.iife.min.js");

    public static string Script { get; } = "\n" + Text("report.js");

    /// <summary>Nothing may be fetched, sent, framed or run save what is inlined, by digest.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; style-src 'sha256-{Digest(Style)}'; script-src 'sha256-{Digest(ChartLibrary)}' 'sha256-{Digest(Script)}'; base-uri 'none'; form-action 'none'";

    private static string Text(string name)
    {
        using var stream = typeof(Inlined).Assembly.GetManifestResourceStream("Reports/Html/" + name)
            ?? throw new InvalidOperationException($"The embedded file {name} is missing from this build.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static string Digest(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
