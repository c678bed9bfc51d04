using Microsoft.Playwright;

namespace Upkeep.Scenarios.Reports;

/// <summary>Debian's chromium, headless. Where there is none, tests are skipped on a laptop and fail in CI.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Executable() is not { } chromium)
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu"] });
    }

    public async Task<IBrowserContext> ContextAsync(int width, ColorScheme scheme, bool scripts = true)
    {
        if (_browser is null)
        {
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail("There is no chromium on PATH, and in CI a report is never left unlooked at: apt-get install chromium");
            Assert.Skip("There is no chromium on PATH: apt-get install chromium");
        }
        return await _browser.NewContextAsync(new BrowserNewContextOptions { ColorScheme = scheme, JavaScriptEnabled = scripts, ViewportSize = new ViewportSize { Width = width, Height = 900 } });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static string? Executable() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
}
