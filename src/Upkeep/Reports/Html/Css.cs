using Upkeep.Journal;

namespace Upkeep.Reports.Html;

/// <summary>Tones as class names.</summary>
internal static class Css
{
    public static string Of(Tone tone) => tone switch
    {
        Tone.Good => "good",
        Tone.Attention => "attention",
        Tone.Bad => "bad",
        _ => "quiet",
    };

    public static Tone Of(Severity severity) => severity switch
    {
        Severity.Critical => Tone.Bad,
        Severity.Warning => Tone.Attention,
        _ => Tone.Quiet,
    };
}
