using System.CommandLine;
using SceneScout.Site;

namespace SceneScout;

/// <summary>The verbs that go on until they are stopped.</summary>
internal static class SiteCommands
{
    private static readonly Option<bool> _whileInputOpen = new("--while-stdin-open")
    {
        Description = "Stop when standard input ends: with whoever started this, however they end.",
    };

    public static Command Serve(TimeProvider time)
    {
        var urls = new Option<string>("--urls") { Description = "Where to listen; port 0 takes a free one.", DefaultValueFactory = _ => "http://127.0.0.1:5080" };
        var logs = new Option<string>("--logs") { Description = "Folder of the log files.", DefaultValueFactory = _ => "logs" };
        var visitors = new Option<double>("--visitors") { Description = "Requests a second that the site makes to itself.", CustomParser = result => Arguments.Number(result, 0, 1_000) };
        var seed = new Option<int>("--seed") { Description = "What the visitors do.", DefaultValueFactory = _ => 1 };
        var command = new Command("serve", "Serves the site: /, /discover and /health.") { urls, logs, visitors, seed, _whileInputOpen };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = new SiteSettings(Commands.Address(parsed), Url(parsed.GetValue(urls)!).OriginalString, parsed.GetValue(logs)!, parsed.GetValue(visitors), parsed.GetValue(seed));
            using var stop = Stop(parsed, cancellationToken);
            await SiteServer.ServeAsync(settings, time, address => Console.WriteLine($"listening on {address}"), stop.Token);
            return 0;
        });
        return command;
    }

    public static Command Traffic(TimeProvider time)
    {
        var url = new Option<string>("--url") { Description = "The site to visit.", DefaultValueFactory = _ => "http://127.0.0.1:5080" };
        var rate = new Option<double>("--rate") { Description = "Requests a second.", DefaultValueFactory = _ => 5, CustomParser = result => Arguments.Number(result, 0.01, 1_000) };
        var seed = new Option<int>("--seed") { Description = "What the visitors do.", DefaultValueFactory = _ => 1 };
        var command = new Command("traffic", "Visits a site at a bounded rate until stopped.") { url, rate, seed, _whileInputOpen };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = new HttpClient();
            using var stop = Stop(parsed, cancellationToken);
            var visitors = new Visitors(http, Url(parsed.GetValue(url)!), parsed.GetValue(rate), parsed.GetValue(seed), time, Console.Error.WriteLine);
            try
            {
                await visitors.VisitAsync(stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return 0;
            }
            return 0;
        });
        return command;
    }

    private static CancellationTokenSource Stop(ParseResult parsed, CancellationToken cancellationToken) => parsed.GetValue(_whileInputOpen)
        ? Parent.StopsWithUs(Console.OpenStandardInput(), cancellationToken)
        : CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    private static Uri Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
            : throw new ScoutException($"{text} is not an address of a site. Write it like http://127.0.0.1:5080");
}
