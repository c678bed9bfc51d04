using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Upkeep.Configuration;

namespace Upkeep.Discovery;

/// <summary>A proposal as the text of <c>upkeep.yaml</c>, with comments. Holds no secret: the database is <c>${DATABASE_URL}</c>.</summary>
public static class ConfigurationText
{
    // A comment is for people; with thousands of tables it would only be in the way.
    private const int MostTables = 40;

    private static readonly JsonSerializerOptions _quoted = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="schemaUrl">Where editors find the schema, or null.</param>
    public static string Write(Proposal proposal, string? schemaUrl)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        var text = new StringBuilder();
        if (schemaUrl is not null)
            text.Append(CultureInfo.InvariantCulture, $"# yaml-language-server: $schema={schemaUrl}\n");
        Head(text, proposal);
        Look(text, proposal);
        Rules(text, "retention", "Rows that are too old to keep. They are archived before they are deleted, and can be put back (upkeep rollback).",
            "Nothing here looks like a log. A rule would say:", proposal.Retention, "90 days");
        Rules(text, "sessions", "Login sessions that have expired; keep counts from the expiry.", "No table here looks like login sessions with an expiry. A rule would say:", proposal.Sessions, "0");
        Tables(text, proposal.Inventory);
        return text.ToString();
    }

    private static void Head(StringBuilder text, Proposal proposal) => text.Append(CultureInfo.InvariantCulture, $"""
        # Maintenance of {Quote(proposal.Inventory.Name)} (PostgreSQL {proposal.Inventory.ServerVersion}). Written by: upkeep init
        # Every key that isn't here has a default; docs/guide/configuration.md has them all.
        # Next: upkeep check, then upkeep plan.

        platform: {Quote(proposal.Platform)}

        database:
          # The address and its password stay outside this file: set DATABASE_URL, or write file:/path/of/a/secret.
          url: ${"{DATABASE_URL}"}
          # Longest that anything of ours waits for a lock, with others possibly queueing behind it.
          lockTimeout: 100ms

        # Journal, lock and the runs' folders; a relative path counts from this file.
        root: maintenance

        window:
          day: sunday
          preparation: "01:30"
          start: "02:00"
          end: "06:00"
          timeZone: {Quote(proposal.TimeZone)}

        backup:
          folder: backups
          jobs: 2


        """);

    private static void Look(StringBuilder text, Proposal proposal)
    {
        text.Append("health:\n");
        text.Append("  # Addresses of the platform that must answer:\n  # endpoints:\n  #   - name: home\n  #     url: https://example.org/\n");
        text.Append(proposal.QueueDepthQuery is { } queue
            ? $"  # One number, the length of the work queue. Check the states that mean waiting.\n  queueDepthQuery: {Quote(queue)}\n"
            : "  # queueDepthQuery: select count(*) from public.work_queue where status = 'pending'\n");
        text.Append("\nreadiness:\n  # More users than this, and the run doesn't start.\n  maxActiveUsers: 10\n");
        text.Append(proposal.ActiveUsersQuery is { } users
            ? $"  activeUsersQuery: {Quote(users)}\n"
            : "  # activeUsersQuery: select count(distinct user_id) from public.user_sessions where last_active > now() - interval '5 minutes'\n");
        text.Append('\n');
        Logs(text, proposal.Logs);
    }

    private static void Logs(StringBuilder text, IReadOnlyList<FoundLogs> found)
    {
        text.Append("# Logs: what went wrong this week, rotated without losing a line, old archives removed. docs/guide/logs.md\n# logs:\n");
        text.Append("#   # Today's log, looked through for errors before the work:\n#   application: /var/log/app/application-{date}.log\n#   files:\n");
        if (found.Count == 0)
            text.Append("#     - path: /var/log/app/*.log\n");
        foreach (var logs in found)
            text.Append(CultureInfo.InvariantCulture, $"#     - path: {Quote(logs.Pattern)}   # {Counted.Of(logs.Files, "file")}, {Amount.Bytes(logs.Bytes)}\n");
        text.Append("#   keep: 30 days\n\n");
        text.Append("""
            # The project's own checks (types, style, tests, build), its packages and its environment. docs/guide/application.md
            # application:
            #   folder: /srv/app/current

            # The machine; its security updates are told, and installed where apply is true. docs/guide/host.md
            # host:
            #   securityUpdates:
            #     apply: false
            #   certificates:
            #     endpoints:
            #       - https://app.example
            #   diskCleanup:
            #     rules:
            #       - folder: /srv/app/tmp
            #         unusedFor: 7 days


            """);
    }

    private static void Rules(StringBuilder text, string section, string what, string none, IReadOnlyList<ProposedRule> rules, string keep)
    {
        text.Append(CultureInfo.InvariantCulture, $"# {what}\n");
        if (rules.Count == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"# {none}\n# {section}:\n#   rules:\n#     - table: public.some_table\n#       column: some_time\n#       keep: {keep}\n\n");
            return;
        }
        var head = rules.Any(rule => rule.Active) ? "" : "# ";
        text.Append(CultureInfo.InvariantCulture, $"{head}{section}:\n{head}  rules:\n");
        foreach (var proposed in rules.OrderByDescending(rule => rule.Active))
            Rule(text, proposed);
        text.Append('\n');
    }

    private static void Rule(StringBuilder text, ProposedRule proposed)
    {
        var mark = proposed.Active ? "" : "# ";
        text.Append(CultureInfo.InvariantCulture, $"    # {Comment(proposed.Why)}{(proposed.Active ? "" : " — decide, then take '# ' away from these lines and from the two that head them")}\n");
        text.Append(CultureInfo.InvariantCulture, $"{mark}    - table: {Quote(proposed.Rule.Table)}\n");
        text.Append(CultureInfo.InvariantCulture, $"{mark}      column: {Quote(proposed.Rule.Column)}\n");
        text.Append(CultureInfo.InvariantCulture, $"{mark}      keep: {Durations.Write(proposed.Rule.Keep)}\n");
        if (proposed.Rule.Where is { } where)
            text.Append(CultureInfo.InvariantCulture, $"{mark}      where: {Quote(where)}\n");
    }

    private static void Tables(StringBuilder text, Inventory inventory)
    {
        text.Append(CultureInfo.InvariantCulture, $"# {Counted.Of(inventory.Tables.Count, "table was", "tables were")} found{(inventory.Tables.Count == 0 ? "." : ", the largest first, with their columns of time:")}\n");
        foreach (var table in inventory.Tables.OrderByDescending(table => table.EstimatedRows).Take(MostTables))
        {
            var times = string.Join(", ", table.Columns.Where(column => column.IsTime).Select(column => column.Name + (column.LeadsIndex ? " (indexed)" : "")));
            text.Append(CultureInfo.InvariantCulture, $"#   {Quote(QualifiedName.Write(table.Name.Schema, table.Name.Name))}, {(table.EstimatedRows < 0 ? "not analyzed yet, so nobody knows how many rows" : $"about {Counted.Of((long)table.EstimatedRows, "row")}")}{(times.Length == 0 ? "" : ": " + Comment(times))}\n");
        }
        if (inventory.Tables.Count > MostTables)
            text.Append(CultureInfo.InvariantCulture, $"#   … and {inventory.Tables.Count - MostTables} more.\n");
    }

    /// <summary>A value that stays what it is: quoted where YAML or a reference would see something else in it.</summary>
    internal static string Quote(string value) =>
        value.Length > 0 && value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '/') && !char.IsAsciiDigit(value[0])
            && value is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off")
            ? value
            : JsonSerializer.Serialize(value.Replace("${", "$${", StringComparison.Ordinal), _quoted);

    // A name may hold anything, also a line end that would close the comment.
    private static string Comment(string text) => text.Any(letter => char.IsControl(letter) || letter is '\u2028' or '\u2029' or '\u0085') ? Quote(text) : text;
}
