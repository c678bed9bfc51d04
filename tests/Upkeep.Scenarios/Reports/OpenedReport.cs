using Microsoft.Playwright;
using Upkeep.Journal;
using Upkeep.Reports;
using Upkeep.Reports.Html;

namespace Upkeep.Scenarios.Reports;

/// <summary>A report on disk, opened in a browser that writes down everything it would rather not have seen.</summary>
internal sealed class OpenedReport : IAsyncDisposable
{
    private readonly string? _folder;
    private readonly IBrowserContext _context;

    private OpenedReport(string? folder, IBrowserContext context, IPage page)
    {
        _folder = folder;
        _context = context;
        Page = page;
    }

    public IPage Page { get; }

    public List<string> Complaints { get; } = [];

    /// <summary>Every address that was asked for, the file itself included.</summary>
    public List<string> Requests { get; } = [];

    public static async Task<OpenedReport> OpenAsync(Browser browser, IReadOnlyList<JournalEntry> entries, int width = 1280, ColorScheme scheme = ColorScheme.Light,
        bool scripts = true)
    {
        var folder = Directory.CreateTempSubdirectory("upkeep-report-").FullName;
        var path = Path.Combine(folder, ReportFiles.Summary);
        await File.WriteAllTextAsync(path, await HtmlReport.RenderAsync(ReportModel.From(entries)));
        return await OpenAsync(browser, path, folder, width, scheme, scripts);
    }

    /// <summary>Opens a report that a run has left; its file stays.</summary>
    public static Task<OpenedReport> OpenFileAsync(Browser browser, string path) => OpenAsync(browser, path, null, 1280, ColorScheme.Light, scripts: true);

    private static async Task<OpenedReport> OpenAsync(Browser browser, string path, string? folder, int width, ColorScheme scheme, bool scripts)
    {
        var context = await browser.ContextAsync(width, scheme, scripts);
        var report = new OpenedReport(folder, context, await context.NewPageAsync());
        report.Listen();
        await report.Page.GotoAsync("file://" + path);
        if (scripts)
            await report.Page.WaitForFunctionAsync("document.documentElement.dataset.drawn !== undefined");
        return report;
    }

    /// <summary>Charts on the page, and how many of them show more than one colour.</summary>
    public async Task<(int Charts, int Drawn)> ChartsAsync()
    {
        var charts = await Page.Locator("[data-chart]").CountAsync();
        var drawn = await Page.EvaluateAsync<int>(
            """
            [...document.querySelectorAll("[data-chart] canvas")].filter(canvas => {
              const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
              const colours = new Set();
              for (let at = 0; at < pixels.length; at += 4)
                if (pixels[at + 3] > 200) colours.add(pixels[at] << 16 | pixels[at + 1] << 8 | pixels[at + 2]);
              return colours.size > 2;
            }).length
            """);
        return (charts, drawn);
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    private void Listen()
    {
        Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Complaints.Add($"{message.Type}: {message.Text}");
        };
        Page.PageError += (_, error) => Complaints.Add($"exception: {error}");
        Page.Request += (_, request) => Requests.Add(request.Url);
        Page.Dialog += async (_, dialog) =>
        {
            Complaints.Add($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }
}
