using Spectre.Console;

namespace Upkeep.Cli.Output;

/// <summary>Makes Spectre's consoles on writers of ours, never on the process's own streams.</summary>
internal static class SpectreConsole
{
    // Wide enough for every table of ours; a file or a pipe has no width of its own.
    private const int WidthWithoutTerminal = 160;

    public static IAnsiConsole To(TextWriter writer, bool color, int width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = color ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = color ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = width;
        return console;
    }

    /// <summary>A console that may be redrawn, on a terminal.</summary>
    public static IAnsiConsole Live(TextWriter terminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Interactive = InteractionSupport.Yes,
        Out = new AnsiConsoleOutput(terminal),
    });

    public static int WidthOfAnswer() => Console.IsOutputRedirected ? WidthWithoutTerminal : Math.Max(60, Console.WindowWidth);
}
